// Launches kernels with a warp per row of classes.
#pragma once

#include "kernels/device/launch.h"

namespace tuna::BACKEND {

constexpr int kRowThreads = 256;

inline unsigned row_blocks(int64_t rows) { return unsigned(ceil_div(size_t(rows), kRowThreads / kWarp)); }

}  // namespace tuna::BACKEND
