#include "data/image_cache.h"

#include <algorithm>
#include <cmath>

#include "data/image_file.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

std::string key(const std::filesystem::path& path, const ImageFormat& format) {
  return fmt::format("{} {} {} {} {}", format.size, format.channels, int(format.intensity), int(format.fit),
                     path.string());
}

}  // namespace

ImageCache::Levels ImageCache::get(const std::filesystem::path& path, const ImageFormat& format) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = images_.find(key(path, format));
    if (found != images_.end()) return found->second;
  }
  return put(path, format, read_image(path));
}

ImageCache::Levels ImageCache::put(const std::filesystem::path& path, const ImageFormat& format, const Image& decoded) {
  const Image image = prepare_image(decoded, format);
  std::vector<uint16_t> levels(image.pixels.size());
  std::transform(image.pixels.begin(), image.pixels.end(), levels.begin(),
                 [](float value) { return uint16_t(std::lround((std::clamp(value, -1.0f, 1.0f) + 1) * 32767.5f)); });
  const size_t bytes = levels.size() * sizeof(uint16_t);
  const auto shared = std::make_shared<const std::vector<uint16_t>>(std::move(levels));

  const std::lock_guard lock(mutex_);
  if (bytes <= free_bytes_ && images_.emplace(key(path, format), shared).second) free_bytes_ -= bytes;
  return shared;
}

}  // namespace tuna
