// Instance norm with what follows it in the networks, in one pass over the pixels after the statistics: a rectifier or
// the sum with the block's input, and the reflection pad of the next convolution.  Programs get it by fusion
// (engine/program/fusion.h); models record the plain ops.
#pragma once

#include "engine/program/op.h"

namespace tuna {

struct InstanceNormChain {
  double eps = 1e-5;
  double slope = 1;            // of negative values: 0 is ReLU, 1 the identity, others leaky ReLU
  bool skip = false;           // the sum with another tensor, instead of a rectifier
  int64_t padding = 0;         // reflected
  bool keep_unpadded = false;  // the sum is an output, too: the next block's skip

  bool operator==(const InstanceNormChain&) const = default;
};

/// z = rectify((x - mean) * rstd), or (x - mean) * rstd + skip; y = reflection_pad2d(z, padding).
/// in: x [N, H, W, C]; with skip: another like x.
/// out: y [N, H + 2 * padding, W + 2 * padding, C]; mean, rstd [N, 1, 1, C]; with keep_unpadded: z like x.
struct InstanceNormFused final : Op, InstanceNormChain {
  struct Out {
    enum { y, mean, rstd, z };
  };
  explicit InstanceNormFused(InstanceNormChain chain) : InstanceNormChain(chain) {}
  std::string_view name() const override { return "instance_norm_fused"; }
  bool operator==(const InstanceNormFused&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int out) const override { return out == Out::y && padding == 0 ? 0 : -1; }

  /// y, which the next convolution's gradient reads, is recomputed from x, which is kept for this op's own gradient.  A
  /// sum without padding is kept, too: it may be the next block's skip, whose sum would need it in turn, and so on.
  bool is_recomputed(size_t which) const override { return which == Out::y && !(skip && padding == 0); }
  Tensor recompute(size_t which, const Tensors& in, const Tensors& out) const override;
};

/// Recomputes y from x and the saved statistics, except for the correction of the rounding of the mean to f32, which
/// only instance_norm_fused makes.
/// in: x, mean, rstd; with skip: another like x.  out: y.
struct InstanceNormFusedRecompute final : Op, InstanceNormChain {
  struct In {
    enum { x, mean, rstd, skip };
  };
  explicit InstanceNormFusedRecompute(InstanceNormChain chain) : InstanceNormChain(chain) {}
  std::string_view name() const override { return "instance_norm_fused_recompute"; }
  bool operator==(const InstanceNormFusedRecompute&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
};

/// dz gathers dy through the padding, adds the gradient of z itself, and is 0 (or slope times it) where z was negative;
/// dx is instance_norm_backward of dz.
/// in: x, mean, rstd, dy; with keep_unpadded: the gradient of z.  out: dx like x; with skip: its gradient, dz.
struct InstanceNormFusedBackward final : Op, InstanceNormChain {
  struct In {
    enum { x, mean, rstd, dy, to_z };
  };
  explicit InstanceNormFusedBackward(InstanceNormChain chain) : InstanceNormChain(chain) {}
  std::string_view name() const override { return "instance_norm_fused_backward"; }
  bool operator==(const InstanceNormFusedBackward&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
};

/// y, mean, rstd and, with keep_unpadded, z.
inline Tensors instance_norm_fused(Tensor x, InstanceNormChain chain) { return record(InstanceNormFused(chain), {x}); }
inline Tensors instance_norm_fused(Tensor x, Tensor skip, InstanceNormChain chain) {
  chain.skip = true;
  return record(InstanceNormFused(chain), {x, skip});
}

}  // namespace tuna
