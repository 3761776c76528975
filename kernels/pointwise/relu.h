// The rectifier of the generator and the classifier.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = max(x, 0); not a number stays one.  in: x.  out: y like x.
struct Relu final : Op {
  std::string_view name() const override { return "relu"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = dy where y > 0, else 0.  Reads the output, so that nobody keeps x.
/// in: y, dy.  out: dx like y.
struct ReluBackward final : Op {
  std::string_view name() const override { return "relu_backward"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
  int overwrites(int) const override { return 1; }
};

inline Tensor relu(Tensor x) { return record(Relu(), {x})[0]; }

}  // namespace tuna
