// How the device's norms share out their workspace.
#pragma once

#include "kernels/device/pixels.h"

namespace tuna::BACKEND {

/// It begins with what the first pass finds per sample and channel, kFloats of them, and goes on with the reduction's
/// own.
template <int kFloats>
size_t statistic_bytes(const PixelShape& shape) {
  return ceil_div(size_t(shape.samples * shape.channels) * kFloats * sizeof(float), 16) * 16;
}

}  // namespace tuna::BACKEND
