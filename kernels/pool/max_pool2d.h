// The largest value of each window.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// Padding counts as minus infinity.  As in PyTorch, of equal values the first in row-major order wins, and NaN wins
/// over every number, of several NaN the last.
/// in: x [N, H, W, C].  out: y [N, (H + 2 * padding - kernel) / stride + 1, likewise W, C]; argmax like y, in i32: the
/// pixel of x, h * W + w, that each value came from.
struct MaxPool2d final : Op {
  int64_t kernel, stride, padding;

  MaxPool2d(int64_t kernel, int64_t stride, int64_t padding) : kernel(kernel), stride(stride), padding(padding) {}
  std::string_view name() const override { return "max_pool2d"; }
  bool operator==(const MaxPool2d&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types& out) const override { return double(kernel * kernel) * elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dx of a pixel = sum of dy over the windows whose maximum it was.
/// in: argmax, dy.  out: dx of the type that the op names.
struct MaxPool2dBackward final : Op {
  MaxPool2d pool;
  Type x;

  MaxPool2dBackward(MaxPool2d pool, Type x) : pool(pool), x(x) {}
  std::string_view name() const override { return "max_pool2d_backward"; }
  bool operator==(const MaxPool2dBackward&) const = default;
  Types infer(const Types&) const override { return {x}; }
  double flops(const Types& in, const Types&) const override { return elements(in[1]); }
};

inline Tensor max_pool2d(Tensor x, int64_t kernel, int64_t stride, int64_t padding) {
  return record(MaxPool2d(kernel, stride, padding), {x})[0];
}

}  // namespace tuna
