// Copies several tensors, one behind the other, on the device, as bytes of any type.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// Memory to copy; sizes and places are counted in units of the copy.
template <class Unit>
struct Parts {
  static constexpr int kMost = 32;

  const Unit* from[kMost];
  size_t count[kMost], place[kMost];  // place: index in the whole
};

/// blockIdx.y is the part.
template <int kThreads, class Unit>
KERNEL LAUNCH_BOUNDS(kThreads) copy_parts(Parts<Unit> parts, Unit* whole) {
  const unsigned part = blockIdx.y;
  const size_t i = size_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i < parts.count[part]) whole[parts.place[part] + i] = parts.from[part][i];
}

}  // namespace tuna::BACKEND
