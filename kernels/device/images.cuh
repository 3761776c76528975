// The kernel of ops that compute each output pixel from pixels of one image: padding, cropping, resizing and their
// gradients, which gather.
//
// A thread handles one column and a vector of neighbouring channels in a few rows.  So accesses of a warp coalesce,
// along the channels or, if there is only one, along the row; and the rows of a thread share the computations for their
// column.
#pragma once

#include "kernels/device/vector.cuh"

namespace tuna::BACKEND {

/// A tensor [samples, height, width, channels].
template <class T>
struct Images {
  T* data;
  int samples, height, width, channels;

  DEVICE T* at(int n, int i, int j, int c) const {
    return data + size_t(unsigned(n * height + i)) * unsigned(width * channels) + unsigned(j * channels + c);
  }
};

constexpr int kRowsPerThread = 2;

/// y(n, i, j, c) = source.read<kWidth>(n, i, j, c), which returns channels c to c + kWidth - 1.  A source that reads y
/// itself must read only the elements requested.
template <int kThreads, int kWidth, class Source, class T>
KERNEL LAUNCH_BOUNDS(kThreads) map_images(Source source, Images<T> y) {
  const unsigned vectors = unsigned(y.channels) / kWidth, row = unsigned(y.width) * vectors;
  const unsigned thread = blockIdx.x * kThreads + threadIdx.x, along_row = thread % row;
  const int n = int(blockIdx.y), j = int(along_row / vectors), c = int(along_row % vectors) * kWidth;
  const int first = int(thread / row) * kRowsPerThread;
  if (first >= y.height) return;

  // All loads come before all stores, and rows beyond the last one load the last one again, so that no branch and no
  // store separates two loads.
  Vector<kWidth> values[kRowsPerThread];
  UNROLL(16)
  for (int i = 0; i < kRowsPerThread; ++i)
    values[i] = source.template read<kWidth>(n, min(first + i, y.height - 1), j, c);
  UNROLL(16)
  for (int i = 0; i < kRowsPerThread; ++i)
    if (first + i < y.height) store(y.at(n, first + i, j, c), values[i]);
}

}  // namespace tuna::BACKEND
