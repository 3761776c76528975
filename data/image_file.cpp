// The only file that compiles stb_image.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include "data/image_file.h"

#include <stb_image.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "data/file.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t(256) << 20;
constexpr int64_t kMaxPixels = 100'000'000;

/// stb_image silently fills the missing end of a JPEG with gray, so the end marker after the last start of a scan is
/// checked (an embedded thumbnail has its own pair before it).
bool jpeg_is_complete(std::string_view bytes) {
  const size_t scan = bytes.rfind("\xFF\xDA");
  return scan != bytes.npos && bytes.find("\xFF\xD9", scan) != bytes.npos;
}

/// Drops the alpha channel of gray + alpha and RGB + alpha.
template <class Level>
Image to_image(const Level* levels, int height, int width, int channels, float white) {
  const int kept = channels <= 2 ? 1 : 3;
  Image image(height, width, kept);
  for (int64_t pixel = 0; pixel < int64_t(height) * width; ++pixel)
    for (int c = 0; c < kept; ++c) image.pixels[size_t(pixel * kept + c)] = float(levels[pixel * channels + c]) / white;
  return image;
}

// PNG and JPEG.
Image decode_by_stb(const std::string& bytes, const std::string& file) {
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int length = int(bytes.size());
  int width = 0, height = 0, channels = 0;
  check(stbi_info_from_memory(data, length, &width, &height, &channels) != 0, "{}: truncated or damaged image", file);
  check(width > 0 && height > 0 && int64_t(width) * height <= kMaxPixels,
        "{}: {} x {} pixels, more than the limit of {}", file, width, height, kMaxPixels);

  const bool deep = stbi_is_16_bit_from_memory(data, length) != 0;
  const std::unique_ptr<void, void (*)(void*)> levels(
      deep ? static_cast<void*>(stbi_load_16_from_memory(data, length, &width, &height, &channels, 0))
           : static_cast<void*>(stbi_load_from_memory(data, length, &width, &height, &channels, 0)),
      stbi_image_free);
  check(levels != nullptr, "{}: truncated or damaged image ({})", file, stbi_failure_reason());
  return deep ? to_image(static_cast<const stbi_us*>(levels.get()), height, width, channels, 65535)
              : to_image(static_cast<const stbi_uc*>(levels.get()), height, width, channels, 255);
}

bool is_png(std::string_view bytes) { return bytes.starts_with("\x89PNG"); }
bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xFF\xD8"); }

Image decode_jpeg(const std::string& bytes, const std::string& file) {
  check(jpeg_is_complete(bytes), "{}: truncated JPEG image", file);
  return decode_by_stb(bytes, file);
}

}  // namespace

const std::vector<FileFormat>& file_formats() {
  static const std::vector<FileFormat> formats = {
      {"PNG", {".png"}, is_png, decode_by_stb},
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
  return format->decode(bytes, path.string());
}

}  // namespace tuna
