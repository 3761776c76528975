// The kernel of ops that read each pixel of their output from somewhere in an image: padding, cropping, resizing and
// their gradients, which gather.
//
// A thread has a column and a vector of neighbouring channels, and goes down a few rows.  So neighbours in a warp are
// neighbours in memory, along the channels or, where there is one, along the row; and what is worked out about a
// column serves all of the thread's rows.
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

/// y(n, i, j, c) = source.read<kWidth>(n, i, j, c), which stands for channels c to c + kWidth - 1.  Where the source is
/// y itself, it must read no other element than it is asked for.
template <int kThreads, int kWidth, class Source, class T>
KERNEL LAUNCH_BOUNDS(kThreads) map_images(Source source, Images<T> y) {
  const unsigned vectors = unsigned(y.channels) / kWidth, row = unsigned(y.width) * vectors;
  const unsigned thread = blockIdx.x * kThreads + threadIdx.x, along_row = thread % row;
  const int n = int(blockIdx.y), j = int(along_row / vectors), c = int(along_row % vectors) * kWidth;
  const int first = int(thread / row) * kRowsPerThread;
  if (first >= y.height) return;

  // All is read before anything is written, and behind the last row that one again, so that no branch and no store
  // comes between two loads.
  Vector<kWidth> values[kRowsPerThread];
  UNROLL(16)
  for (int i = 0; i < kRowsPerThread; ++i)
    values[i] = source.template read<kWidth>(n, min(first + i, y.height - 1), j, c);
  UNROLL(16)
  for (int i = 0; i < kRowsPerThread; ++i)
    if (first + i < y.height) store(y.at(n, first + i, j, c), values[i]);
}

}  // namespace tuna::BACKEND
