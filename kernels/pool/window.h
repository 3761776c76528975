// The position of a pooling window and the value that wins in it, the same on every backend.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

template <class Int>
struct Range {
  Int begin, end;
};

/// The pixels, of `size` in a row, that the window of an output contains.  Pool has a kernel, a stride and a padding.
template <class Pool, class Int>
HOST_DEVICE Range<Int> pixels_of(const Pool& pool, Int output, Int size) {
  const Int begin = output * pool.stride - pool.padding, end = begin + pool.kernel;
  return {begin > 0 ? begin : 0, end < size ? end : size};
}

/// The outputs, of `size` in a row, whose windows contain a pixel.
template <class Pool, class Int>
HOST_DEVICE Range<Int> outputs_of(const Pool& pool, Int pixel, Int size) {
  const Int before = pixel + pool.padding - pool.kernel, end = (pixel + pool.padding) / pool.stride + 1;
  return {before < 0 ? 0 : before / pool.stride + 1, end < size ? end : size};
}

/// NaN wins, as in PyTorch, so that it propagates.
template <class Real>
HOST_DEVICE bool beats(Real value, Real best) {
  return value > best || value != value;
}

}  // namespace tuna::BACKEND
