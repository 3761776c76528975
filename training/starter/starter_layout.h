// Which domains and classes a folder of images holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuna {

struct StarterLayout {
  std::string source, target;        ///< subfolders of the folder
  std::vector<std::string> classes;  ///< the source's class folders
  std::string positive;
};

/// Reads it from FOLDER/<domain>/<class>/images and FOLDER/<domain>/images; non-empty members of `wanted` decide if
/// that is ambiguous.  Throws Error with what was found and what is expected for every other layout.
StarterLayout starter_layout(const std::filesystem::path& folder, const StarterLayout& wanted);

/// The class that is a disease by its name, or of two the one that is not healthy by its name; empty if ambiguous.
std::string positive_class(const std::vector<std::string>& classes);

}  // namespace tuna
