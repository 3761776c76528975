// The hyperbolic tangent that ends a generator.
#pragma once

#include "kernels/pointwise/pointwise_op.h"
#include "kernels/pointwise/tanh.cuh"

namespace tuna {

/// y = tanh(x).  in: x.  out: y like x.
struct Tanh final : PointwiseOp<HyperbolicTangent> {
  std::string_view name() const override { return "tanh"; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dx = (1 - y^2) * dy.  in: y, dy.  out: dx like y.
struct TanhBackward final : PointwiseOp<HyperbolicTangentGradient> {
  std::string_view name() const override { return "tanh_backward"; }
};

inline Tensor tanh(Tensor x) { return record(Tanh(), {x})[0]; }

}  // namespace tuna
