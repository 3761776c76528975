// Instance normalisation without affine parameters (Ulyanov et al., 2016).
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = (x - mean) * rstd, with mean and biased variance over the pixels of each sample and channel,
/// and rstd = 1 / sqrt(variance + eps).
/// in: x [N, H, W, C].  out: y like x; mean, rstd [N, 1, 1, C].
struct InstanceNorm : Op {
  double eps;

  explicit InstanceNorm(double eps) : eps(eps) {}
  std::string_view name() const override { return "instance_norm"; }
  bool operator==(const InstanceNorm&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types&) const override { return 6 * elements(in[0]); }  // mean 1, variance 3, y 2
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int out) const override { return out == 0 ? 0 : -1; }
};

/// dx = rstd * (dy - average(dy) - xhat * average(dy * xhat)), with xhat = (x - mean) * rstd.
/// in: x, mean, rstd, dy.  out: dx like x.
struct InstanceNormBackward : Op {
  struct In {
    enum { x, mean, rstd, dy };
  };
  std::string_view name() const override { return "instance_norm_backward"; }
  Types infer(const Types& in) const override { return {in[In::x]}; }
  // xhat 2, averages 3, dx 4.
  double flops(const Types& in, const Types&) const override { return 9 * elements(in[In::x]); }
  int overwrites(int) const override { return In::dy; }
};

inline Tensor instance_norm(Tensor x, double eps = 1e-5) { return record(InstanceNorm(eps), {x})[0]; }

}  // namespace tuna
