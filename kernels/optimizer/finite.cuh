// Looks for numbers that are none, on the device.
#pragma once

#include "kernels/optimizer/tensor_table.cuh"

namespace tuna::BACKEND {

template <class T>
struct GuardedTensor {
  const T* x;
  size_t count;

  struct Beside {
    int x;
    unsigned count;
  };
  /// False where the other is too large or too far away.
  HOST_DEVICE bool set_beside(Beside& beside, const GuardedTensor& other) const {
    beside.count = unsigned(other.count);
    return beside.count == other.count && set_offset(beside.x, x, other.x);
  }
  DEVICE GuardedTensor at(const Beside& beside) const { return {x + beside.x, beside.count}; }
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

/// *finite = 0 where an element is not.  An atomic, though all write the same, says so to tools that look for races.
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
