// Reductions over the lanes of a warp, in a fixed order: all lanes get the same bits.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

DEVICE unsigned lane() { return threadIdx.x % kWarp; }

/// The index of this warp in the grid, whose blocks have whole warps.
DEVICE size_t warp() { return (size_t(blockIdx.x) * blockDim.x + threadIdx.x) / kWarp; }

DEVICE float warp_sum(float value) {
  UNROLL(5)
  for (int apart = kWarp / 2; apart > 0; apart /= 2) value += __shfl_xor_sync(kWholeWarp, value, apart);
  return value;
}

}  // namespace tuna::BACKEND
