// A tensor times a constant.
#pragma once

#include "engine/op.h"

namespace tuna {

/// y = factor * x.  in: x.  out: y like x.
struct Scale final : Op {
  double factor;

  explicit Scale(double factor) : factor(factor) {}
  std::string_view name() const override { return "scale"; }
  bool operator==(const Scale&) const = default;
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

inline Tensor operator*(double factor, Tensor x) { return factor == 1 ? x : record(Scale(factor), {x})[0]; }

}  // namespace tuna
