// A tensor times a constant.
#pragma once

#include "kernels/pointwise/pointwise_op.h"
#include "kernels/pointwise/scale.cuh"

namespace tuna {

/// y = factor * x.  in: x.  out: y like x.
struct Scale final : PointwiseOp<Multiply> {
  double factor;

  explicit Scale(double factor) : factor(factor) {}
  std::string_view name() const override { return "scale"; }
  bool operator==(const Scale&) const = default;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;

  template <class Real>
  Multiply<Real> functor() const {
    return {Real(factor)};
  }
};

inline Tensor operator*(double factor, Tensor x) { return factor == 1 ? x : record(Scale(factor), {x})[0]; }

}  // namespace tuna
