// Batch norm with fixed statistics and what follows it in a ResNet's blocks, in one pass: the sum with the block's
// input or its shortcut, and the rectifier.  Programs get it by fusion (engine/program/fusion.h); models record the
// plain ops.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = max(0, batch_norm_frozen(x) + skip), or without the skip.
/// in: x [N, H, W, C]; weight, bias, running_mean, running_var [1, 1, 1, C]; with a skip: another like x.
/// out: y like x.
struct BatchNormFrozenFused final : Op {
  struct In {
    enum { x, weight, bias, running_mean, running_var, skip };
  };
  double eps;
  bool skip;

  BatchNormFrozenFused(double eps, bool skip) : eps(eps), skip(skip) {}
  std::string_view name() const override { return "batch_norm_frozen_fused"; }
  bool operator==(const BatchNormFrozenFused&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// dz = dy where y > 0, else 0; dx = dz * weight / sqrt(running_var + eps).  x is not read, so it need not be kept if
/// no parameter is trained.
/// in: y, weight, running_var, dy.  out: dx like y; with a skip: its gradient, dz.
struct BatchNormFrozenFusedBackward final : Op {
  struct In {
    enum { y, weight, running_var, dy };
  };
  double eps;
  bool skip;

  BatchNormFrozenFusedBackward(double eps, bool skip) : eps(eps), skip(skip) {}
  std::string_view name() const override { return "batch_norm_frozen_fused_backward"; }
  bool operator==(const BatchNormFrozenFusedBackward&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
  int overwrites(int out) const override { return out == (skip ? 1 : 0) ? int(In::dy) : -1; }
};

}  // namespace tuna
