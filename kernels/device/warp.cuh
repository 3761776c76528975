// What the lanes of a warp have, combined: all of them get the same bits, always in the same order.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

DEVICE unsigned lane() { return threadIdx.x % kWarp; }

/// The number of this warp among those of all blocks, which have whole warps.
DEVICE size_t warp() { return (size_t(blockIdx.x) * blockDim.x + threadIdx.x) / kWarp; }

DEVICE float warp_sum(float value) {
  UNROLL(5)
  for (int apart = kWarp / 2; apart > 0; apart /= 2) value += __shfl_xor_sync(kWholeWarp, value, apart);
  return value;
}

}  // namespace tuna::BACKEND
