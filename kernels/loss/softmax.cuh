// Softmax on the device, a warp per pixel.
#pragma once

#include "kernels/loss/class_row.cuh"

namespace tuna::BACKEND {

/// x, y [rows, classes].  y may be x.
template <class T>
KERNEL softmax(const T* x, T* y, size_t rows, int classes) {
  if (warp() >= rows) return;
  const size_t first = warp() * classes;
  const ClassRow<T> row{x + first, classes};
  const float largest = row.largest().value;
  const float sum = row.sum([=](int, float x) { return expf(x - largest); });
  row.write(y + first, [=](int, float x) { return expf(x - largest) / sum; });
}

/// y, dy, dx [rows, classes].  dx may be dy.
template <class T>
KERNEL softmax_backward(const T* y, const T* dy, T* dx, size_t rows, int classes) {
  if (warp() >= rows) return;
  const size_t first = warp() * classes;
  const ClassRow<T> row{dy + first, classes};
  const auto probability = [=](int k) { return float(y[first + k]); };
  const float sum = row.sum([=](int k, float dy) { return dy * probability(k); });
  row.write(dx + first, [=](int k, float dy) { return probability(k) * (dy - sum); });
}

}  // namespace tuna::BACKEND
