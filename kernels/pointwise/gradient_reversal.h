// Gradient reversal (Ganin et al., 2016): layers before it maximise a loss that layers after it minimise.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = x, dx = -factor * dy.  The output is the memory of x: no step runs.  in: x.  out: y like x.
struct GradientReversal final : Op {
  double factor;

  explicit GradientReversal(double factor) : factor(factor) {}
  std::string_view name() const override { return "gradient_reversal"; }
  bool operator==(const GradientReversal&) const = default;
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  std::optional<Alias> alias(int, const Types&) const override { return Alias{0, 0}; }
};

inline Tensor gradient_reversal(Tensor x, double factor) { return record(GradientReversal(factor), {x})[0]; }

}  // namespace tuna
