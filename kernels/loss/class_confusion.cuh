// Minimum class confusion on the device.  Batches and classes are few: one block computes the weights and the loss, and
// in the backward pass each thread adds up the sums of its element's class.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// p [samples, classes], w [samples].
struct Predictions {
  const float *p, *w;
  int samples, classes;

  /// sum_n w_n p_nj^2 and sum_n w_n p_nj.
  DEVICE void sums(int j, float& squares, float& sum) const {
    squares = sum = 0;
    for (int n = 0; n < samples; ++n) {
      const float probability = p[size_t(n) * classes + j];
      squares += w[n] * probability * probability;
      sum += w[n] * probability;
    }
  }
};

/// The sum of every thread's value, in the order of the threads, for all threads of a block.
template <int kThreads>
DEVICE float block_sum(float mine, float* partials) {
  partials[threadIdx.x] = mine;
  __syncthreads();
  float sum = 0;
  for (int i = 0; i < kThreads; ++i) sum += partials[i];
  return sum;
}

/// Runs as one block.
template <int kThreads>
KERNEL LAUNCH_BOUNDS(kThreads) certainty_weights(const float* p, float* w, int samples, int classes) {
  SHARED(float, partials, kThreads);
  float mine = 0;
  for (int n = int(threadIdx.x); n < samples; n += kThreads) {
    float entropy = 0;
    for (int k = 0; k < classes; ++k) {
      const float probability = p[size_t(n) * classes + k];
      if (probability != 0) entropy -= probability * logf(probability);
    }
    mine += w[n] = 1 + expf(-entropy);
  }
  const float factor = float(samples) / block_sum<kThreads>(mine, partials);
  for (int n = int(threadIdx.x); n < samples; n += kThreads) w[n] *= factor;
}

/// Runs as one block.
template <int kThreads>
KERNEL LAUNCH_BOUNDS(kThreads) class_confusion(Predictions in, float* y) {
  SHARED(float, partials, kThreads);
  float mine = 0;
  for (int j = int(threadIdx.x); j < in.classes; j += kThreads) {
    float squares, sum;
    in.sums(j, squares, sum);
    if (sum != 0) mine += 1 - squares / sum;
  }
  const float confused = block_sum<kThreads>(mine, partials);
  if (threadIdx.x == 0) *y = confused / float(in.classes);
}

/// A thread per element of dp [samples, classes].
KERNEL class_confusion_backward(Predictions in, const float* dy, float* dp) {
  const size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= size_t(in.samples) * in.classes) return;
  float squares, sum;
  in.sums(int(i % in.classes), squares, sum);
  const float factor = sum != 0 ? *dy / float(in.classes) / (sum * sum) : 0;
  dp[i] = factor * in.w[i / in.classes] * (squares - 2 * in.p[i] * sum);
}

}  // namespace tuna::BACKEND
