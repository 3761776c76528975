// Mean squared difference: of two tensors, and of a tensor from a constant, which is the loss of LSGAN (Mao et al.,
// 2017).
#pragma once

#include "kernels/loss/elementwise_mean.h"

namespace tuna {

/// (x - target)^2.
struct SquaredDifference {
  static constexpr std::string_view kName = "mse", kBackwardName = "mse_backward";
  static constexpr bool kSimd = true;

  template <class Real>
  static Real value(Real x, Real target) {
    return (x - target) * (x - target);
  }
  template <class Real>
  static Real slope(Real x, Real target) {
    return 2 * (x - target);
  }
};

/// y = average((a - b)^2).  in: a, b of one type.  out: y [1, 1, 1, 1].
inline Tensor mse(Tensor a, Tensor b) { return record(ElementwiseMean<SquaredDifference>(), {a, b})[0]; }

/// y = average((x - target)^2).  in: x.  out: y [1, 1, 1, 1].
inline Tensor mse_to(Tensor x, double target) { return record(ElementwiseMean<SquaredDifference>(target), {x})[0]; }

}  // namespace tuna
