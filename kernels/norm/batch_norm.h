// Batch normalisation in training mode (Ioffe and Szegedy, 2015), as PyTorch's.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = (x - mean) * rstd * weight + bias, with mean and biased variance over all pixels of the batch, per channel, and
/// rstd = 1 / sqrt(variance + eps).  The running statistics move towards mean and unbiased variance by `momentum`.
/// in: x [N, H, W, C]; weight, bias, running_mean, running_var [1, 1, 1, C].
/// out: y like x; the new running_mean and running_var; mean, rstd [1, 1, 1, C].
struct BatchNorm final : Op {
  struct In {
    enum { x, weight, bias, running_mean, running_var };
  };
  struct Out {
    enum { y, running_mean, running_var, mean, rstd };
  };
  double momentum, eps;

  BatchNorm(double momentum, double eps) : momentum(momentum), eps(eps) {}
  std::string_view name() const override { return "batch_norm"; }
  bool operator==(const BatchNorm&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types&) const override {
    return 8 * elements(in[In::x]);
  }  // mean 1, variance 3, y 4
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int out) const override;
};

/// dbias = sum(dy), dweight = sum(dy * xhat), dx = weight * rstd * (dy - dbias / pixels - xhat * dweight / pixels),
/// with xhat = (x - mean) * rstd.
/// in: x, weight, mean, rstd, dy.  out: dx like x; dweight, dbias [1, 1, 1, C].
struct BatchNormBackward final : Op {
  struct In {
    enum { x, weight, mean, rstd, dy };
  };
  std::string_view name() const override { return "batch_norm_backward"; }
  Types infer(const Types& in) const override { return {in[In::x], in[In::weight], in[In::weight]}; }
  // 2 for xhat, 1 for dbias, 2 for dweight, 4 for dx.
  double flops(const Types& in, const Types&) const override { return 9 * elements(in[In::x]); }
  int overwrites(int out) const override { return out == 0 ? int(In::dy) : -1; }
};

struct BatchNormed {
  Tensor y, running_mean, running_var;
};

inline BatchNormed batch_norm(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var,
                              double momentum = 0.1, double eps = 1e-5) {
  const Tensors out = record(BatchNorm(momentum, eps), {x, weight, bias, running_mean, running_var});
  return {out[BatchNorm::Out::y], out[BatchNorm::Out::running_mean], out[BatchNorm::Out::running_var]};
}

}  // namespace tuna
