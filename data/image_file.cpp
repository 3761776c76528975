// The only file that compiles stb_image.  Gates of our own check a file before stb_image sees it; its arithmetic on the
// coded data may still overflow, so this file is compiled with -fwrapv.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include "data/image_file.h"

#include "data/image_limits.h"
#define STBI_MAX_DIMENSIONS tuna::kMaxSide

#include <stb_image.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <new>

#include "data/file.h"
#include "data/jpeg_gate.h"
#include "data/orientation.h"
#include "data/png_gate.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

/// Drops the alpha channel of gray + alpha and RGB + alpha.
template <class Level>
Image to_image(const Level* levels, int height, int width, int channels, float white) {
  const int kept = channels <= 2 ? 1 : 3;
  Image image(height, width, kept);
  for (int64_t pixel = 0; pixel < int64_t(height) * width; ++pixel)
    for (int c = 0; c < kept; ++c) image.pixels[size_t(pixel * kept + c)] = float(levels[pixel * channels + c]) / white;
  return image;
}

using Levels = std::unique_ptr<void, void (*)(void*)>;

/// `deep`: 16 bits per sample, which only a PNG may have.
Image decode_by_stb(std::string_view bytes, const std::string& file, bool deep = false) {
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int length = int(bytes.size());
  int width = 0, height = 0, channels = 0;
  const Levels levels(deep ? static_cast<void*>(stbi_load_16_from_memory(data, length, &width, &height, &channels, 0))
                           : static_cast<void*>(stbi_load_from_memory(data, length, &width, &height, &channels, 0)),
                      stbi_image_free);
  if (!levels && std::string_view(stbi_failure_reason()) == "outofmem") throw std::bad_alloc();
  check(levels != nullptr, "{}: truncated or damaged image ({})", file, stbi_failure_reason());
  return deep ? to_image(static_cast<const stbi_us*>(levels.get()), height, width, channels, 65535)
              : to_image(static_cast<const stbi_uc*>(levels.get()), height, width, channels, 255);
}

bool is_png(std::string_view bytes) { return bytes.starts_with("\x89PNG"); }
bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xFF\xD8"); }

Image decode_png(const std::string& bytes, const std::string& file) {
  const PngFacts facts = check_png(bytes, file);
  return upright(decode_by_stb(facts.stored, file, facts.depth == 16), facts.orientation);
}

/// With Adobe's segment for CMYK after the marker at the start.
std::string with_adobe_cmyk(std::string_view jpeg) {
  using namespace std::literals;
  return std::string(jpeg.substr(0, 2)) + "\xFF\xEE\0\x0E" "Adobe\0\x64\0\0\0\0\0"s + std::string(jpeg.substr(2));
}

Image decode_jpeg(const std::string& bytes, const std::string& file) {
  const JpegFacts facts = check_jpeg(bytes, file);
  return upright(decode_by_stb(facts.is_cmyk_without_adobe ? with_adobe_cmyk(bytes) : bytes, file), facts.orientation);
}

}  // namespace

const std::vector<FileFormat>& file_formats() {
  static const std::vector<FileFormat> formats = {
      {"PNG", {".png"}, is_png, decode_png},
      {"JPEG", {".jpg", ".jpeg"}, is_jpeg, decode_jpeg},
  };
  return formats;
}

std::string file_format_names() {
  std::string names;
  for (const FileFormat& format : file_formats()) {
    const bool last = &format == &file_formats().back();
    names += (names.empty() ? "" : last ? " or " : ", ") + format.name;
  }
  return names;
}

bool has_image_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const auto has = [&](const FileFormat& format) {
    return std::count(format.extensions.begin(), format.extensions.end(), extension) > 0;
  };
  return std::any_of(file_formats().begin(), file_formats().end(), has);
}

const FileFormat* file_format(std::string_view bytes) {
  for (const FileFormat& format : file_formats())
    if (format.recognises(bytes)) return &format;
  return nullptr;
}

Image read_image(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, kMaxFileBytes);
  const FileFormat* format = file_format(bytes);
  check(format != nullptr, "{}: not a {} image", path.string(), file_format_names());
  try {
    return format->decode(bytes, path.string());
  } catch (const std::bad_alloc&) {
    fail("{}: not enough memory to decode the image", path.string());
  }
}

}  // namespace tuna
