// The hyperbolic tangent that ends a generator.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = tanh(x).  in: x.  out: y like x.
struct Tanh final : Op {
  std::string_view name() const override { return "tanh"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = (1 - y^2) * dy.  in: y, dy.  out: dx like y.
struct TanhBackward final : Op {
  std::string_view name() const override { return "tanh_backward"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return 3 * elements(out[0]); }
  int overwrites(int) const override { return 1; }
};

inline Tensor tanh(Tensor x) { return record(Tanh(), {x})[0]; }

}  // namespace tuna
