// A tensor times a number that is a tensor itself, such as an input of the step.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = factor * x.  No gradient flows to the factor.
/// in: x; factor [1, 1, 1, 1], of the accumulation type of x.  out: y like x.
struct ScaleBy final : Op {
  std::string_view name() const override { return "scale_by"; }
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types&) const override { return elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

inline Tensor scale_by(Tensor x, Tensor factor) { return record(ScaleBy(), {x, factor})[0]; }

/// Throws Error naming the op if `factor` is not of the type that ScaleBy takes with x.
void check_factor(const Op& op, const Type& x, const Type& factor);

}  // namespace tuna
