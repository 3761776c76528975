// Samples of several tensors, one behind the other in the batch.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// in: one or more tensors of one element type [N_i, H, W, C].  out: y [sum of N_i, H, W, C].
/// Its gradient is a split, which costs nothing.
struct Concatenate final : Op {
  std::string_view name() const override { return "concatenate"; }
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

inline Tensor concatenate(const Tensors& parts) {
  return parts.size() == 1 ? parts[0] : record(Concatenate(), parts)[0];
}

}  // namespace tuna
