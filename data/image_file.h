// Reads image files.  A format is one entry of the list in image_file.cpp; no other code that reads images names one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/image.h"

namespace tuna {

struct FileFormat {
  std::string name;                     // "PNG", as messages say it
  std::vector<std::string> extensions;  // in lower case: ".png"

  /// Whether a file has this format, by its first bytes: 1024 of them, or all.
  bool (*recognises)(std::string_view bytes);

  /// The image in a whole file, upright; values in [0, 1] over the file's bit depth, transparency dropped.  Throws
  /// Error that begins with `file`.
  Image (*decode)(const std::string& bytes, const std::string& file);
};

const std::vector<FileFormat>& file_formats();

std::string file_format_names();  // "PNG or JPEG"

std::string image_decoders();  // "stb_image 2.28", or the libraries of a build with TUNA_IMAGE_LIBRARIES

/// Whether the extension is that of a format.
bool has_image_extension(const std::filesystem::path& path);

/// The format by the first bytes of a file, or null.
const FileFormat* file_format(std::string_view bytes);

/// Decodes the bytes of a file of any format.  Throws Error that begins with `file`.
Image decode_image(const std::string& bytes, const std::string& file);

/// Reads and decodes a file.  Throws Error with the path if it is missing, truncated, damaged, too large (256 MiB, 100
/// megapixels) or not an image.
Image read_image(const std::filesystem::path& path);

}  // namespace tuna
