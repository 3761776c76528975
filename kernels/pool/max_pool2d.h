// The largest value of each window.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = the maximum over a kernel x kernel window; pixels of the padding never win, and of equal ones the first in
/// row-major order does, as in PyTorch.
/// in: x [N, H, W, C].  out: y [N, OH, OW, C]; winner i32 like y: the pixel h * W + w that it came from.
struct MaxPool2d final : Op {
  int kernel, stride, padding;  // padding <= kernel / 2

  MaxPool2d(int kernel, int stride, int padding) : kernel(kernel), stride(stride), padding(padding) {}
  std::string_view name() const override { return "max_pool2d"; }
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// Each pixel gathers from the windows that it won, so the order of the sum is fixed.
/// in: winner, dy.  out: dx [N, height, width, C].
struct MaxPool2dBackward final : Op {
  int kernel, stride, padding;
  int64_t height, width;

  MaxPool2dBackward(const MaxPool2d& forward, int64_t height, int64_t width)
      : kernel(forward.kernel), stride(forward.stride), padding(forward.padding), height(height), width(width) {}
  std::string_view name() const override { return "max_pool2d_backward"; }
  Types infer(const Types& in) const override;
};

inline Tensor max_pool2d(Tensor x, int kernel, int stride, int padding) {
  return record(MaxPool2d(kernel, stride, padding), {x})[0];
}

}  // namespace tuna
