// The leaky rectifier of the discriminators (Maas et al., 2013).
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = x where x > 0, else slope * x, with slope > 0.  in: x.  out: y like x.
struct LeakyRelu final : Op {
  double slope;

  explicit LeakyRelu(double slope) : slope(slope) {}
  std::string_view name() const override { return "leaky_relu"; }
  bool operator==(const LeakyRelu&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types& out) const override { return 2 * elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = dy where y > 0, else slope * dy.  As slope > 0, y has the sign of x, and nobody keeps x.
/// in: y, dy.  out: dx like y.
struct LeakyReluBackward final : Op {
  double slope;

  explicit LeakyReluBackward(double slope) : slope(slope) {}
  std::string_view name() const override { return "leaky_relu_backward"; }
  bool operator==(const LeakyReluBackward&) const = default;
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return 2 * elements(out[0]); }
  int overwrites(int) const override { return 1; }
};

inline Tensor leaky_relu(Tensor x, double slope) { return record(LeakyRelu(slope), {x})[0]; }

}  // namespace tuna
