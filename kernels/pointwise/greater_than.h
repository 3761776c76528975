// The comparison of a tensor with a constant.
#pragma once

#include "kernels/pointwise/greater_than.cuh"
#include "kernels/pointwise/pointwise_op.h"

namespace tuna {

/// y = 1 where x > threshold, else 0, also where x is NaN.  No gradient: it is 0 wherever it exists.
/// in: x.  out: y like x.
struct GreaterThan final : PointwiseOp<IsGreater> {
  double threshold;

  explicit GreaterThan(double threshold) : threshold(threshold) {}
  std::string_view name() const override { return "greater_than"; }
  bool operator==(const GreaterThan&) const = default;
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }

  template <class Real>
  IsGreater<Real> functor() const {
    return {Real(threshold)};
  }
};

inline Tensor greater_than(Tensor x, double threshold) { return record(GreaterThan(threshold), {x})[0]; }

}  // namespace tuna
