// The mean over all pixels of each channel.
#pragma once

#include "engine/op.h"

namespace tuna {

/// in: x [N, H, W, C].  out: y [N, 1, 1, C].
struct GlobalAveragePool final : Op {
  std::string_view name() const override { return "global_average_pool"; }
  Types infer(const Types& in) const override { return {{in[0].dtype, {in[0].shape.n, 1, 1, in[0].shape.c}}}; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// in: dy [N, 1, 1, C].  out: dx [N, height, width, C], dy / (height * width) everywhere.
struct GlobalAveragePoolBackward final : Op {
  int64_t height, width;

  GlobalAveragePoolBackward(int64_t height, int64_t width) : height(height), width(width) {}
  std::string_view name() const override { return "global_average_pool_backward"; }
  Types infer(const Types& in) const override { return {{in[0].dtype, {in[0].shape.n, height, width, in[0].shape.c}}}; }
};

inline Tensor global_average_pool(Tensor x) { return record(GlobalAveragePool(), {x})[0]; }

}  // namespace tuna
