// The classes of one sample or pixel, handled by one warp: each lane handles every 32nd class.
#pragma once

#include "kernels/device/warp.cuh"

namespace tuna::BACKEND {

/// The largest element of a row and its first position.
struct Largest {
  float value;
  int at;

  DEVICE void merge(const Largest& other) {
    if (other.value > value || (other.value == value && other.at < at)) *this = other;
  }
};

template <class T>
struct ClassRow {
  const T* elements;
  int classes;

  /// The sum over the row of f(k, element k), the same in all lanes.
  template <class F>
  DEVICE float sum(F f) const {
    float mine = 0;
    for (int k = int(lane()); k < classes; k += kWarp) mine += f(k, float(elements[k]));
    return warp_sum(mine);
  }

  /// NaN is never the largest, but makes sums of exp(element - largest) NaN.
  DEVICE Largest largest() const {
    Largest mine{-infinity(), classes};
    for (int k = int(lane()); k < classes; k += kWarp) mine.merge({float(elements[k]), k});
    UNROLL(5)
    for (int apart = kWarp / 2; apart > 0; apart /= 2)
      mine.merge({__shfl_xor_sync(kWholeWarp, mine.value, apart), __shfl_xor_sync(kWholeWarp, mine.at, apart)});
    return mine;
  }

  /// y[k] = f(k, element k).  y may be the row itself.
  template <class F>
  DEVICE void write(T* y, F f) const {
    for (int k = int(lane()); k < classes; k += kWarp) y[k] = T(f(k, float(elements[k])));
  }
};

}  // namespace tuna::BACKEND
