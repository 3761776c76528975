// The predicted class on the device, a warp per row of logits.
#pragma once

#include "kernels/loss/class_row.cuh"

namespace tuna::BACKEND {

/// logits [rows, classes], y [rows].
template <class T>
KERNEL argmax(const T* logits, int* y, size_t rows, int classes, float min_confidence) {
  if (warp() >= rows) return;
  const ClassRow<T> row{logits + warp() * classes, classes};
  const Largest largest = row.largest();
  const float sum = row.sum([=](int, float x) { return expf(x - largest.value); });
  if (lane() == 0) y[warp()] = 1 / sum >= min_confidence ? largest.at : -1;
}

}  // namespace tuna::BACKEND
