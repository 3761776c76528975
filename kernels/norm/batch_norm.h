// Batch normalisation in training mode (Ioffe and Szegedy, 2015), as PyTorch's.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = (x - mean) * rstd * weight + bias, with mean and biased variance over all pixels of the batch, per channel, and
/// rstd = 1 / sqrt(variance + eps).  The running statistics move towards mean and unbiased variance by `momentum`.
/// in: x [N, H, W, C]; weight, bias, running_mean, running_var [1, 1, 1, C].
/// out: y like x; the new running_mean and running_var; mean, rstd [1, 1, 1, C].
struct BatchNorm final : Op {
  float momentum, eps;

  BatchNorm(float momentum, float eps) : momentum(momentum), eps(eps) {}
  std::string_view name() const override { return "batch_norm"; }
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int out) const override { return out == 0 ? 0 : out == 1 ? 3 : out == 2 ? 4 : -1; }
};

/// dbias = sum(dy), dweight = sum(dy * xhat), dx = weight * rstd * (dy - dbias / pixels - xhat * dweight / pixels),
/// with xhat = (x - mean) * rstd.
/// in: x, weight, mean, rstd, dy.  out: dx like x; dweight, dbias [1, 1, 1, C].
struct BatchNormBackward final : Op {
  std::string_view name() const override { return "batch_norm_backward"; }
  Types infer(const Types& in) const override { return {in[0], in[1], in[1]}; }
  int overwrites(int out) const override { return out == 0 ? 4 : -1; }
};

struct BatchNormed {
  Tensor y, running_mean, running_var;
};

inline BatchNormed batch_norm(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var,
                              float momentum = 0.1f, float eps = 1e-5f) {
  const Tensors out = record(BatchNorm(momentum, eps), {x, weight, bias, running_mean, running_var});
  return {out[0], out[1], out[2]};
}

}  // namespace tuna
