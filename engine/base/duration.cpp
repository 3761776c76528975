#include "engine/base/duration.h"

#include <fmt/format.h>

#include <cstdint>

namespace tuna {

std::string human_seconds(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{:.1f} s", seconds);
}

}  // namespace tuna
