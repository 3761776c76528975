// The losses that are a mean over all elements of a term, on the device.
#pragma once

#include "kernels/device/elementwise.cuh"
#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// The sum of some elements' values.
struct ValueSum {
  float sum = 0;

  DEVICE void merge(const ValueSum& other) { sum += other.sum; }
};

/// target: a tensor like x, or null: the constant.
template <class Term, class T, int kWidth>
struct SumValues {
  const T *x, *target;
  float constant;

  DEVICE ValueSum operator()(const PixelRun& run) const {
    Vector<kWidth> sums = {};
    const auto add = [&](const Vector<kWidth>& value, const Vector<kWidth>& wanted) {
      sums = sums + map([](float x, float y) { return Term::value(x, y); }, value, wanted);
    };
    if (target)
      for_pairs<kWidth>(run, x, target, [&](size_t, const Vector<kWidth>& a, const Vector<kWidth>& b) { add(a, b); });
    else
      for_pixels<kWidth>(run, x, [&](size_t, const Vector<kWidth>& a) { add(a, repeat<kWidth>(constant)); });
    ValueSum whole;
    UNROLL(16)
    for (int k = 0; k < kWidth; ++k) whole.sum += sums[k];
    return whole;
  }
};

struct StoreMean {
  float* y;
  float share;  // of one element: 1 / count

  DEVICE void operator()(size_t, const ValueSum& whole) const { *y = whole.sum * share; }
};

/// dx = dy / count * slope(x, target).
template <class Term>
struct Slope {
  const float* dy;
  float share, constant;

  DEVICE float operator()(float x, float target) const { return *dy * share * Term::slope(x, target); }
  DEVICE float operator()(float x) const { return (*this)(x, constant); }
};

}  // namespace tuna::BACKEND
