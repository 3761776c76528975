// The largest images that are read.
#pragma once

#include <cstdint>

namespace tuna {

constexpr uintmax_t kMaxFileBytes = uintmax_t(256) << 20;
constexpr int64_t kMaxPixels = 100'000'000;
constexpr int64_t kMaxSide = 1'000'000;

}  // namespace tuna
