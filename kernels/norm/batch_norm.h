// Batch normalisation (Ioffe and Szegedy, 2015), with the statistics of the batch or with frozen ones.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = (x - mean) * rstd * weight + bias, with mean and biased variance over the samples and pixels of each channel,
/// and rstd = 1 / sqrt(variance + eps).  running = (1 - momentum) * running + momentum * (mean or unbiased variance).
/// in: x [N, H, W, C]; weight, bias, running_mean, running_var [1, 1, 1, C].
/// out: y like x; running_mean, running_var, mean, rstd [1, 1, 1, C].
struct BatchNorm final : Op {
  double momentum, eps;

  BatchNorm(double momentum, double eps) : momentum(momentum), eps(eps) {}
  std::string_view name() const override { return "batch_norm"; }
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int out) const override { return out == 1 ? 3 : out == 2 ? 4 : -1; }
};

/// With xhat = (x - mean) * rstd: dweight = sum(dy * xhat), dbias = sum(dy),
/// dx = weight * rstd * (dy - dbias / count - xhat * dweight / count).
/// in: x, weight, mean, rstd, dy.  out: dx, dweight, dbias.
struct BatchNormBackward final : Op {
  std::string_view name() const override { return "batch_norm_backward"; }
  Types infer(const Types& in) const override { return {in[0], in[1], in[1]}; }
};

/// y = (x - running_mean) / sqrt(running_var + eps) * weight + bias.
/// in: x, weight, bias, running_mean, running_var.  out: y like x.
struct BatchNormFrozen final : Op {
  double eps;

  explicit BatchNormFrozen(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen"; }
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dx = dy * weight / sqrt(running_var + eps).  in: weight, running_var, dy.  out: dx like dy.
struct BatchNormFrozenBackwardData final : Op {
  double eps;

  explicit BatchNormFrozenBackwardData(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen_backward_data"; }
  Types infer(const Types& in) const override { return {in[2]}; }
  int overwrites(int) const override { return 2; }
};

/// dweight = sum(dy * (x - running_mean)) / sqrt(running_var + eps), dbias = sum(dy).
/// in: x, running_mean, running_var, dy.  out: dweight, dbias.
struct BatchNormFrozenBackwardAffine final : Op {
  double eps;

  explicit BatchNormFrozenBackwardAffine(double eps) : eps(eps) {}
  std::string_view name() const override { return "batch_norm_frozen_backward_affine"; }
  Types infer(const Types& in) const override { return {in[1], in[1]}; }
};

struct BatchNormed {
  Tensor y, running_mean, running_var;  // the statistics as they are after this batch
};

BatchNormed batch_norm(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var,
                       double momentum = 0.1, double eps = 1e-5);

Tensor batch_norm_frozen(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var,
                         double eps = 1e-5);

}  // namespace tuna
