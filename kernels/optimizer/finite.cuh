// Searches for infinite and NaN elements on the device.
#pragma once

#include "kernels/optimizer/tensor_table.cuh"

namespace tuna::BACKEND {

template <class T>
struct GuardedTensor {
  const T* x;
  size_t count;

  struct Offsets {
    int x;
    unsigned count;
  };
  /// False if the other is too large or too far away.
  HOST_DEVICE bool set_offsets(Offsets& offsets, const GuardedTensor& other) const {
    offsets.count = unsigned(other.count);
    return offsets.count == other.count && set_offset(offsets.x, x, other.x);
  }
  DEVICE GuardedTensor at(const Offsets& offsets) const { return {x + offsets.x, offsets.count}; }
};

template <class T>
struct StraySearch {
  const T* x;
  bool found = false;

  template <int kWidth>
  DEVICE void at(size_t i) {
    const Vector<kWidth> values = load<kWidth>(x + i);
    UNROLL(16)
    for (int k = 0; k < kWidth; ++k) found |= !(values[k] - values[k] == 0);
  }
};

/// Sets *finite to 0 if an element is not finite.  The atomic, although all write the same, satisfies race detectors.
struct FindStrays {
  int* finite;

  template <class T>
  DEVICE void operator()(const GuardedTensor<T>& tensor, const ElementRange& range) const {
    StraySearch<T> search{tensor.x};
    for_each_widest<T>(range, search, tensor.x);
    if (search.found) atomicExch(finite, 0);
  }
};

template <class T>
KERNEL set(T* y, T value) {
  *y = value;
}

}  // namespace tuna::BACKEND
