// Batch normalisation with fixed running statistics: a scale and an offset per channel.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = (x - running_mean) / sqrt(running_var + eps) * weight + bias.
/// in: x [N, H, W, C]; weight, bias, running_mean, running_var [1, 1, 1, C].  out: y like x.
struct BatchNormFrozen final : Op {
  struct In {
    enum { x, weight, bias, running_mean, running_var };
  };
  double eps;

  explicit BatchNormFrozen(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen"; }
  bool operator==(const BatchNormFrozen&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types&) const override { return 3 * elements(in[In::x]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = dy * weight / sqrt(running_var + eps).
/// in: weight, running_var, dy.  out: dx like dy.
struct BatchNormFrozenBackward final : Op {
  double eps;

  explicit BatchNormFrozenBackward(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen_backward"; }
  bool operator==(const BatchNormFrozenBackward&) const = default;
  Types infer(const Types& in) const override { return {in[2]}; }
  double flops(const Types& in, const Types&) const override { return elements(in[2]); }
  int overwrites(int) const override { return 2; }
};

/// dweight = sum(dy * (x - running_mean)) / sqrt(running_var + eps), dbias = sum(dy).
/// in: x, running_mean, running_var, dy; optionally y of the rectifier that followed: dy counts only if y > 0.
/// out: dweight, dbias [1, 1, 1, C].
struct BatchNormFrozenParametersBackward final : Op {
  struct In {
    enum { x, running_mean, running_var, dy, y };
  };
  double eps;

  explicit BatchNormFrozenParametersBackward(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen_parameters_backward"; }
  bool operator==(const BatchNormFrozenParametersBackward&) const = default;
  Types infer(const Types& in) const override;
  // The rectifier, if it followed, is counted with dx.
  double flops(const Types& in, const Types&) const override { return 4 * elements(in[In::x]); }
};

inline Tensor batch_norm_frozen(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var,
                                double eps = 1e-5) {
  return record(BatchNormFrozen(eps), {x, weight, bias, running_mean, running_var})[0];
}

}  // namespace tuna
