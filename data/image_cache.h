// Decoded images, ready for the networks, kept in memory up to a budget.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/image.h"

namespace tuna {

/// Safe to share between loaders and threads.  Pixels are kept as 16-bit levels, and also returned as such if the
/// budget is used up, so that an image is the same whether it was cached or not.  8- and 16-bit files that need no
/// resizing lose nothing.  The cache does not evict: in shuffled order every image is equally likely to be next.
class ImageCache {
 public:
  using Levels = std::shared_ptr<const std::vector<uint16_t>>;  ///< [size, size, channels], 0 for -1, 65535 for 1

  explicit ImageCache(size_t budget_bytes) : free_bytes_(budget_bytes) {}

  /// The image read from `path`, decoded only if it is not cached.
  Levels get(const std::filesystem::path& path, const ImageFormat& format);

  /// The same for an image that was just read from `path`.
  Levels put(const std::filesystem::path& path, const ImageFormat& format, const Image& decoded);

 private:
  std::mutex mutex_;
  size_t free_bytes_;
  std::unordered_map<std::string, Levels> images_;
};

/// From a cache's level to [-1, 1].
inline float level_to_value(uint16_t level) { return float(level) / 32767.5f - 1; }

}  // namespace tuna
