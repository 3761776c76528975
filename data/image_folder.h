// The images of a folder, and what is left out of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuna {

struct FoundImage {
  std::filesystem::path path;
  std::string label;  ///< its class folder; empty: it lies in the folder itself
};

struct ImageFolder {
  std::vector<FoundImage> images;     ///< sorted by path
  std::vector<std::string> left_out;  ///< for each kind of file that is not used, a line with their number and suffixes
};

/// ROOT/<class>/*, or ROOT/* without labels, by the extensions of the image formats.  Throws Error if there is no
/// image, if there are images next to folders, or if a class folder has files, but no images.
ImageFolder list_image_folder(const std::filesystem::path& root);

}  // namespace tuna
