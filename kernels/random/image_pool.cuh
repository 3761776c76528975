// The image pool on the device.  A thread keeps its position in the images and handles the samples in order, so a
// sample reads from a slot what an earlier one of the batch stored there, without a barrier.
#pragma once

#include "kernels/device/vector.cuh"
#include "kernels/random/pool_mode.h"

namespace tuna::BACKEND {

struct PoolShape {
  size_t elements;  // of an image, a multiple of the width of accesses
  int samples, slots;
};

/// decisions [samples, 2]: slot and PoolMode.  go: 0 to store nothing.  pool may be `stored`, else it becomes an
/// updated copy of it.
template <int kWidth, class T>
KERNEL exchange_images(const T* images, const T* stored, const int* decisions, const int* go, T* seen, T* pool,
                       PoolShape shape) {
  const size_t first = (size_t(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (first >= shape.elements) return;
  if (pool != stored)
    for (int slot = 0; slot < shape.slots; ++slot) {
      const size_t i = slot * shape.elements + first;
      store(pool + i, load<kWidth>(stored + i));
    }

  for (int n = 0; n < shape.samples; ++n) {
    const int slot = decisions[2 * n], mode = decisions[2 * n + 1];
    const size_t i = n * shape.elements + first;
    const Vector<kWidth> image = load<kWidth>(images + i);
    if (mode == kPoolPass) {
      store(seen + i, image);
    } else if ((mode != kPoolFill && mode != kPoolExchange) || slot < 0 || slot >= shape.slots) {
      store(seen + i, repeat<kWidth>(not_a_number()));
    } else {
      T* place = pool + slot * shape.elements + first;
      store(seen + i, mode == kPoolExchange ? load<kWidth>(place) : image);
      if (*go != 0) store(place, image);
    }
  }
}

}  // namespace tuna::BACKEND
