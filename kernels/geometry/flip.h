// The mirror image.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// Mirrors left and right: y(n, i, j) = x(n, i, W - 1 - j).  in: x [N, H, W, C].  out: y like x.
struct Flip final : Op {
  std::string_view name() const override { return "flip"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

inline Tensor flip(Tensor x) { return record(Flip(), {x})[0]; }

}  // namespace tuna
