// The leaky rectifier of the discriminators (Maas et al., 2013).
#pragma once

#include "kernels/pointwise/leaky_relu.cuh"
#include "kernels/pointwise/pointwise_op.h"

namespace tuna {

/// y = x where x > 0, else slope * x, with slope > 0.  in: x.  out: y like x.
struct LeakyRelu final : PointwiseOp<LeakyRectify> {
  double slope;

  explicit LeakyRelu(double slope) : slope(slope) {}
  std::string_view name() const override { return "leaky_relu"; }
  bool operator==(const LeakyRelu&) const = default;
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;

  template <class Real>
  LeakyRectify<Real> functor() const {
    return {Real(slope)};
  }
};

/// dx = dy where y > 0, else slope * dy.  As slope > 0, y has the sign of x, so x need not be kept for the backward
/// pass.
/// in: y, dy.  out: dx like y.
struct LeakyReluBackward final : PointwiseOp<LeakyRectifyGradient> {
  double slope;

  explicit LeakyReluBackward(double slope) : slope(slope) {}
  std::string_view name() const override { return "leaky_relu_backward"; }
  bool operator==(const LeakyReluBackward&) const = default;

  template <class Real>
  LeakyRectifyGradient<Real> functor() const {
    return {Real(slope)};
  }
};

inline Tensor leaky_relu(Tensor x, double slope) { return record(LeakyRelu(slope), {x})[0]; }

}  // namespace tuna
