// The gate of an optimizer: it makes its updates only in steps in which a number is large enough.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = go if x > threshold, else 0, also if x is NaN.
/// in: go i32 [1, 1, 1, 1]; x [1, 1, 1, 1].  out: y i32 [1, 1, 1, 1].
struct Gate final : Op {
  double threshold;

  explicit Gate(double threshold) : threshold(threshold) {}
  std::string_view name() const override { return "gate"; }
  bool operator==(const Gate&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 1; }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

inline Tensor gate(Tensor go, Tensor x, double threshold) { return record(Gate(threshold), {go, x})[0]; }

}  // namespace tuna
