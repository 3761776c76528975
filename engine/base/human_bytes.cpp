#include "engine/base/human_bytes.h"

#include <fmt/format.h>

namespace tuna {

std::string human_bytes(size_t bytes) {
  if (bytes >= size_t(1) << 30) return fmt::format("{:.2f} GiB", double(bytes) / double(1 << 30));
  if (bytes >= size_t(1) << 20) return fmt::format("{:.1f} MiB", double(bytes) / double(1 << 20));
  return fmt::format("{:.1f} KiB", double(bytes) / 1024);
}

}  // namespace tuna
