// The rectifier of the generator and the classifier.
#pragma once

#include "kernels/pointwise/pointwise_op.h"
#include "kernels/pointwise/relu.cuh"

namespace tuna {

/// y = max(x, 0); NaN stays NaN.  in: x.  out: y like x.
struct Relu final : PointwiseOp<Rectify> {
  std::string_view name() const override { return "relu"; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dx = dy where y > 0, else 0.  Reads the output, so x need not be kept for the backward pass.
/// in: y, dy.  out: dx like y.
struct ReluBackward final : PointwiseOp<RectifyGradient> {
  std::string_view name() const override { return "relu_backward"; }
};

inline Tensor relu(Tensor x) { return record(Relu(), {x})[0]; }

}  // namespace tuna
