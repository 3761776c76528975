// The average over all pixels.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// in: x [N, H, W, C].  out: y [N, 1, 1, C], its average over the pixels of each sample and channel.
struct GlobalAveragePool final : Op {
  std::string_view name() const override { return "global_average_pool"; }
  Types infer(const Types& in) const override { return {{in[0].dtype, {in[0].shape.n, 1, 1, in[0].shape.c}}}; }
  double flops(const Types& in, const Types&) const override { return elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dx = dy / (H * W) at each pixel.
/// in: dy [N, 1, 1, C].  out: dx of the type that the op names.
struct GlobalAveragePoolBackward final : Op {
  Type x;

  explicit GlobalAveragePoolBackward(Type x) : x(x) {}
  std::string_view name() const override { return "global_average_pool_backward"; }
  bool operator==(const GlobalAveragePoolBackward&) const = default;
  Types infer(const Types&) const override { return {x}; }
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
};

inline Tensor global_average_pool(Tensor x) { return record(GlobalAveragePool(), {x})[0]; }

}  // namespace tuna
