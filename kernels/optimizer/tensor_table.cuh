// Work on all elements of many tensors in one launch: an optimizer's hundreds of parameters, most of them tiny, some of
// millions of elements.
//
// The addresses of the tensors are a parameter of the kernel, which a captured graph keeps: nothing is uploaded, waited
// for or kept alive.  Kernel parameters have 4 KB on every GPU and version of CUDA, so a table stores its tensors as
// offsets from the first one, and those that do not fit take more launches.
#pragma once

#include "kernels/device/vector.cuh"

namespace tuna::BACKEND {

constexpr size_t kElementsPerBlock = 4096;

struct ElementRange {
  size_t begin, end;
};

/// Sets the number of elements between two addresses, in 4 bytes.  False if it does not fit.
template <class T>
HOST_DEVICE bool set_offset(int& offset, const T* from, const T* to) {
  const long long bytes = static_cast<long long>(reinterpret_cast<size_t>(to) - reinterpret_cast<size_t>(from));
  offset = int(bytes / static_cast<long long>(sizeof(T)));
  return bytes == static_cast<long long>(offset) * static_cast<long long>(sizeof(T));
}

/// Tensor: addresses and the `count` of elements; Tensor::Offsets: the same, as offsets from another one.
/// The blocks of a launch are those of its first tensor, then of its second, ...
template <class Tensor>
struct TensorTable {
  static constexpr size_t kOtherParameters = 128;
  static constexpr int kCapacity = int((4096 - kOtherParameters - sizeof(Tensor) - sizeof(int))
                                       / (sizeof(typename Tensor::Offsets) + sizeof(unsigned)));

  Tensor first;
  typename Tensor::Offsets tensors[kCapacity];
  unsigned ends[kCapacity];  // the number of blocks up to and including a tensor's
  int size;

  HOST_DEVICE unsigned blocks() const { return size == 0 ? 0 : ends[size - 1]; }

  /// False if the table is full, or the tensor is too far from its first.
  HOST_DEVICE bool add(const Tensor& tensor) {
    if (size == 0) first = tensor;
    if (size == kCapacity || !first.set_offsets(tensors[size], tensor)) return false;
    ends[size] = blocks() + unsigned(ceil_div(tensor.count, kElementsPerBlock));
    ++size;
    return true;
  }

  /// The tensor of a block: the first whose end is beyond it.
  DEVICE int tensor_of(unsigned block) const {
    int low = 0, high = size - 1;
    while (low < high) {
      const int middle = (low + high) / 2;
      if (ends[middle] > block)
        high = middle;
      else
        low = middle + 1;
    }
    return low;
  }

  /// The elements of a block in its tensor.
  DEVICE ElementRange range(unsigned block, int tensor) const {
    const size_t begin = (block - (tensor == 0 ? 0 : ends[tensor - 1])) * kElementsPerBlock;
    return {begin, min(begin + kElementsPerBlock, size_t(tensors[tensor].count))};
  }
};

/// visit(tensor, range) is called by all threads of a block.
template <int kThreads, class Tensor, class Visit>
KERNEL LAUNCH_BOUNDS(kThreads) visit_tensors(const Visit visit, const TensorTable<Tensor> table) {
  const int tensor = table.tensor_of(blockIdx.x);
  visit(table.first.at(table.tensors[tensor]), table.range(blockIdx.x, tensor));
}

/// Calls step.at<kWidth>(i) for each vector of kWidth elements, and step.at<1>(i) for those that are left.
template <int kWidth, class Step>
DEVICE void for_each_vector(const ElementRange& range, Step& step) {
  for (size_t i = range.begin + threadIdx.x * kWidth; i < range.end; i += blockDim.x * kWidth)
    if (i + kWidth <= range.end)
      step.template at<kWidth>(i);
    else
      for (size_t single = i; single < range.end; ++single) step.template at<1>(single);
}

/// The same in accesses of 16 bytes if all accessed memory, whose elements are T, is aligned to them, else one by one.
template <class T, class Step, class... Accessed>
DEVICE void for_each_widest(const ElementRange& range, Step& step, const Accessed*... accessed) {
  const bool aligned = ((reinterpret_cast<size_t>(accessed) | ...) & 15) == 0;
  if (aligned)
    for_each_vector<kPerAccess<T>>(range, step);
  else
    for_each_vector<1>(range, step);
}

}  // namespace tuna::BACKEND
