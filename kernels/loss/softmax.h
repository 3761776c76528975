// Probabilities from logits.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = exp(x) / sum(exp(x)), over the channels of each pixel.  in: x [N, H, W, K].  out: y like x.
struct Softmax final : Op {
  std::string_view name() const override { return "softmax"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  // Maximum, difference, exp, sum, quotient.
  double flops(const Types& in, const Types&) const override { return 5 * elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = y * (dy - sum(dy * y)).  in: y, dy.  out: dx like y.
struct SoftmaxBackward final : Op {
  std::string_view name() const override { return "softmax_backward"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types& in, const Types&) const override { return 4 * elements(in[0]); }
  int overwrites(int) const override { return 1; }
};

inline Tensor softmax(Tensor logits) { return record(Softmax(), {logits})[0]; }

}  // namespace tuna
