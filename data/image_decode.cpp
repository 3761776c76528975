// The one file that holds stb_image's code.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include <stb_image.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "data/file.h"
#include "data/image.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t(256) << 20;
constexpr int64_t kMaxPixels = 100'000'000;

/// stb_image fills the missing end of a JPEG with gray and says nothing, so look for the end marker behind the last
/// start of a scan (an embedded thumbnail has its own pair before it).
bool jpeg_is_complete(std::string_view bytes) {
  const size_t scan = bytes.rfind("\xFF\xDA");
  return scan != bytes.npos && bytes.find("\xFF\xD9", scan) != bytes.npos;
}

/// Leaves out the last channel of gray + alpha and RGB + alpha.
template <class Level>
Image to_image(const Level* levels, int height, int width, int channels, float white) {
  const int kept = channels <= 2 ? 1 : 3;
  Image image(height, width, kept);
  for (int64_t pixel = 0; pixel < int64_t(height) * width; ++pixel)
    for (int c = 0; c < kept; ++c) image.pixels[size_t(pixel * kept + c)] = float(levels[pixel * channels + c]) / white;
  return image;
}

}  // namespace

Image read_image(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, kMaxFileBytes);
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int length = int(bytes.size());

  int width = 0, height = 0, channels = 0;
  check(stbi_info_from_memory(data, length, &width, &height, &channels) != 0, "{}: not a PNG or JPEG image",
        path.string());
  check(width > 0 && height > 0 && int64_t(width) * height <= kMaxPixels,
        "{}: {} x {} pixels, more than the limit of {}", path.string(), width, height, kMaxPixels);
  const bool jpeg = std::string_view(bytes).substr(0, 2) == "\xFF\xD8";
  check(!jpeg || jpeg_is_complete(bytes), "{}: truncated JPEG image", path.string());

  const bool deep = stbi_is_16_bit_from_memory(data, length) != 0;
  const std::unique_ptr<void, void (*)(void*)> levels(
      deep ? static_cast<void*>(stbi_load_16_from_memory(data, length, &width, &height, &channels, 0))
           : static_cast<void*>(stbi_load_from_memory(data, length, &width, &height, &channels, 0)),
      stbi_image_free);
  check(levels != nullptr, "{}: truncated or damaged image ({})", path.string(), stbi_failure_reason());
  return deep ? to_image(static_cast<const stbi_us*>(levels.get()), height, width, channels, 65535)
              : to_image(static_cast<const stbi_uc*>(levels.get()), height, width, channels, 255);
}

}  // namespace tuna
