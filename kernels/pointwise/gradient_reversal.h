// Gradient reversal (Ganin et al., 2016): layers before it maximise a loss that layers after it minimise.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = x, dx = -factor * dy.  The output is the memory of x: no step runs.
/// in: x; factor [1, 1, 1, 1], of the accumulation type of x.  out: y like x.
struct GradientReversal final : Op {
  std::string_view name() const override { return "gradient_reversal"; }
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  std::optional<Alias> alias(int, const Types&) const override { return Alias{0, 0}; }
};

inline Tensor gradient_reversal(Tensor x, Tensor factor) { return record(GradientReversal(), {x, factor})[0]; }

}  // namespace tuna
