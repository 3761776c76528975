// A constant scale and shift for each channel: the classifier's input statistics, applied inside the graph.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y(n, i, j, c) = x(n, i, j, c) * scale[c] + shift[c].  A gray x with more constants than its one channel is expanded
/// to as many, as if it had been repeated.
/// in: x [N, H, W, C], C = K or 1.  out: y [N, H, W, K], for K constants.
struct ChannelAffine final : Op {
  std::vector<double> scale, shift;

  ChannelAffine(std::vector<double> scale, std::vector<double> shift)
      : scale(std::move(scale)), shift(std::move(shift)) {}
  std::string_view name() const override { return "channel_affine"; }
  bool operator==(const ChannelAffine&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types& out) const override { return 2 * elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx(n, i, j) = sum over c of dy(n, i, j, c) * scale[c]: the gradient of a gray x that was expanded.
/// in: dy [N, H, W, K].  out: dx [N, H, W, 1].
struct ChannelSum final : Op {
  std::vector<double> scale;

  explicit ChannelSum(std::vector<double> scale) : scale(std::move(scale)) {}
  std::string_view name() const override { return "channel_sum"; }
  bool operator==(const ChannelSum&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types&) const override { return 2 * elements(in[0]); }
};

inline Tensor channel_affine(Tensor x, std::vector<double> scale, std::vector<double> shift) {
  return record(ChannelAffine(std::move(scale), std::move(shift)), {x})[0];
}

}  // namespace tuna
