// Maximum pooling on the device: a thread computes a vector of channels of one pixel.  Its gradient gathers from the
// windows that contain the pixel, in a fixed order, so that threads never add to the same one.
#pragma once

#include "kernels/device/vector.cuh"
#include "kernels/pool/window.h"

namespace tuna::BACKEND {

struct MaxPool {
  int kernel, stride, padding;
  int height, width, out_height, out_width;
  unsigned vectors;  // the number of vectors per pixel
};

/// The pixel and vector of a thread.  A row of an image is divided between blocks, so that one division gives the
/// position in it: blockIdx.x is the row, counted over all images; blockIdx.y is the part of it.
struct RowPlace {
  int image, h, w;
  unsigned vector;

  DEVICE RowPlace(int height, unsigned vectors) {
    const unsigned i = blockIdx.y * blockDim.x + threadIdx.x;
    image = int(blockIdx.x / unsigned(height));
    h = int(blockIdx.x % unsigned(height));
    w = int(i / vectors);
    vector = i % vectors;
  }
};

/// argmax: the pixel of x, h * width + w, that each y came from.
template <int kThreads, int kWidth, class T>
KERNEL LAUNCH_BOUNDS(kThreads) max_pool(MaxPool pool, const T* x, T* y, int* argmax) {
  const RowPlace at(pool.out_height, pool.vectors);
  if (at.w >= pool.out_width) return;
  const Range rows = pixels_of(pool, at.h, pool.height), columns = pixels_of(pool, at.w, pool.width);
  const size_t channels = size_t(pool.vectors) * kWidth;
  x += size_t(at.image) * pool.height * pool.width * channels + at.vector * kWidth;

  Stored<int, kWidth> place;
  for (int k = 0; k < kWidth; ++k) place.at[k] = rows.begin * pool.width + columns.begin;
  Vector<kWidth> best = load<kWidth>(x + place.at[0] * channels);
  for (int h = rows.begin; h < rows.end; ++h)
    for (int w = columns.begin; w < columns.end; ++w) {
      const int here = h * pool.width + w;
      const Vector<kWidth> values = load<kWidth>(x + here * channels);
      for (int k = 0; k < kWidth; ++k) {
        const bool better = beats(values[k], best[k]);
        best[k] = better ? values[k] : best[k];
        place.at[k] = better ? here : place.at[k];
      }
    }

  const size_t output = (size_t(blockIdx.x) * pool.out_width + at.w) * channels + at.vector * kWidth;
  store(y + output, best);
  *reinterpret_cast<Stored<int, kWidth>*>(argmax + output) = place;
}

template <int kThreads, int kWidth, class T>
KERNEL LAUNCH_BOUNDS(kThreads) max_pool_gradient(MaxPool pool, const int* argmax, const T* dy, T* dx) {
  const RowPlace at(pool.height, pool.vectors);
  if (at.w >= pool.width) return;
  const Range rows = outputs_of(pool, at.h, pool.out_height), columns = outputs_of(pool, at.w, pool.out_width);
  const size_t channels = size_t(pool.vectors) * kWidth;
  const size_t image = size_t(at.image) * pool.out_height * pool.out_width * channels + at.vector * kWidth;
  const int here = at.h * pool.width + at.w;

  Vector<kWidth> sum = {};
  for (int h = rows.begin; h < rows.end; ++h)
    for (int w = columns.begin; w < columns.end; ++w) {
      const size_t output = image + (h * pool.out_width + w) * channels;
      const Stored<int, kWidth> place = *reinterpret_cast<const Stored<int, kWidth>*>(argmax + output);
      const Vector<kWidth> gradient = load<kWidth>(dy + output);
      for (int k = 0; k < kWidth; ++k) sum[k] += place.at[k] == here ? gradient[k] : 0;
    }
  store(dx + (size_t(blockIdx.x) * pool.width + at.w) * channels + at.vector * kWidth, sum);
}

}  // namespace tuna::BACKEND
