// Updates that depend on flags, on the device: in place.
#pragma once

#include "kernels/optimizer/tensor_table.cuh"

namespace tuna::BACKEND {

template <class T>
struct UpdatedTensor {
  T* y;
  const T* updated;
  size_t count;

  struct Offsets {
    int y, updated;
    unsigned count;
  };
  /// False if the other is too large or too far away.
  HOST_DEVICE bool set_offsets(Offsets& offsets, const UpdatedTensor& other) const {
    offsets.count = unsigned(other.count);
    return offsets.count == other.count && set_offset(offsets.y, y, other.y)
           && set_offset(offsets.updated, updated, other.updated);
  }
  DEVICE UpdatedTensor at(const Offsets& offsets) const {
    return {y + offsets.y, updated + offsets.updated, offsets.count};
  }
};

template <class T>
struct CopyUpdate {
  UpdatedTensor<T> tensor;

  template <int kWidth>
  DEVICE void at(size_t i) const {
    store(tensor.y + i, load<kWidth>(tensor.updated + i));
  }
};

struct UpdateWhereSet {
  static constexpr int kMostFlags = 8;

  const int* flags[kMostFlags];
  int count;

  template <class T>
  DEVICE void operator()(const UpdatedTensor<T>& tensor, const ElementRange& range) const {
    for (int i = 0; i < count; ++i)
      if (*flags[i] == 0) return;
    const CopyUpdate<T> copy{tensor};
    for_each_widest<T>(range, copy, tensor.y, tensor.updated);
  }
};

}  // namespace tuna::BACKEND
