// Random tensors on the device: a thread draws one Philox block, for four neighbouring elements.
#pragma once

#include "kernels/device/vector.cuh"
#include "kernels/random/distributions.h"

namespace tuna::BACKEND {

/// Distribution: of distributions.h, in f32.  counter: seed and step.  y begins at a multiple of 16 bytes.
template <class Distribution, class T>
KERNEL draw_blocks(const int* counter, uint32_t stream, size_t count, T* y) {
  const uint64_t block = uint64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  const size_t first = 4 * block;
  if (first >= count) return;
  Vector<4> drawn;
  const uint32_t seed = uint32_t(counter[0]), step = uint32_t(counter[1]);
  Distribution::from_words(philox({uint32_t(block), uint32_t(block >> 32), step, stream}, seed), drawn.at);
  if (first + 4 <= count)
    store(y + first, drawn);
  else
    for (size_t i = first; i < count; ++i) y[i] = T(drawn[int(i - first)]);
}

}  // namespace tuna::BACKEND
