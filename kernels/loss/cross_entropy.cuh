// Softmax cross-entropy on the device, a warp per sample.  Batches are small, so one block adds up the loss, and in the
// backward pass every block adds up the samples' weights for itself.
#pragma once

#include "kernels/loss/class_row.cuh"

namespace tuna::BACKEND {

/// logits [samples, classes]; labels [samples]; class_weights [classes], or null: all 1.
template <class T>
struct LabelledRows {
  const T* logits;
  const int* labels;
  const float* class_weights;
  int samples, classes;

  DEVICE ClassRow<T> row(size_t n) const { return {logits + n * classes, classes}; }

  /// 0 if the label is negative, NaN if it is not below the number of classes.
  DEVICE float weight(size_t n) const {
    const int label = labels[n];
    if (label < 0) return 0;
    if (label >= classes) return not_a_number();
    return class_weights ? class_weights[label] : 1;
  }
};

/// The sums of weighted losses and of weights over some samples.
struct WeightedLoss {
  float loss = 0, weight = 0;

  DEVICE void merge(const WeightedLoss& other) {
    loss += other.loss;
    weight += other.weight;
  }
};

/// Runs as one block.
template <int kThreads, class T>
KERNEL LAUNCH_BOUNDS(kThreads) cross_entropy(LabelledRows<T> in, float* y) {
  constexpr int kWarps = kThreads / kWarp;
  SHARED(WeightedLoss, partials, kWarps);
  WeightedLoss mine;
  for (int n = int(warp()); n < in.samples; n += kWarps) {
    const float weight = in.weight(n);
    if (weight == 0) continue;
    const ClassRow<T> row = in.row(n);
    const Largest largest = row.largest();
    // Without the largest, whose power is 1: log1p keeps the small loss of a confident correct answer.
    const float others = row.sum([=](int k, float x) { return k == largest.at ? 0 : expf(x - largest.value); });
    const float logit = in.labels[n] < in.classes ? float(row.elements[in.labels[n]]) : not_a_number();
    mine.merge({weight * (largest.value - logit + log1pf(others)), weight});
  }
  if (lane() == 0) partials[warp()] = mine;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (int i = 1; i < kWarps; ++i) mine.merge(partials[i]);
  *y = mine.weight == 0 ? 0 : mine.loss / mine.weight;
}

/// dlogits may be the logits.
template <class T>
KERNEL cross_entropy_backward(LabelledRows<T> in, const float* dy, T* dlogits) {
  float weights = 0;
  for (int n = int(lane()); n < in.samples; n += kWarp) weights += in.weight(n);
  weights = warp_sum(weights);

  const size_t n = warp();
  if (n >= size_t(in.samples)) return;
  const ClassRow<T> row = in.row(n);
  T* drow = dlogits + n * in.classes;
  const float weight = in.weight(n);
  if (weight == 0) {
    row.write(drow, [](int, float) { return 0.0f; });
    return;
  }
  const int label = in.labels[n];
  const float largest = row.largest().value, factor = *dy * weight / weights;
  const auto power = [=](float x) { return expf(x - largest); };
  // 1 - p of the label is the share of the others: if p is near 1, a difference would cancel.
  const float others = row.sum([=](int k, float x) { return k == label ? 0 : power(x); });
  const float sum = others + row.sum([=](int k, float x) { return k == label ? power(x) : 0; });
  row.write(drow, [=](int k, float x) { return factor / sum * (k == label ? -others : power(x)); });
}

/// Numbers known at compile(), passed as kernel parameters because a captured graph keeps those.
struct Constants {
  static constexpr int kCapacity = 960;  // parameters have 4 KB
  float values[kCapacity];
};

template <int kThreads>
KERNEL LAUNCH_BOUNDS(kThreads) write_constants(Constants constants, int count, float* to) {
  for (int i = int(threadIdx.x); i < count; i += kThreads) to[i] = constants.values[i];
}

}  // namespace tuna::BACKEND
