// Mean absolute difference: Eq. 2, the cycle.
#pragma once

#include "kernels/loss/elementwise_mean.h"

namespace tuna {

/// |x - target|; its slope at 0 is 0.
struct AbsoluteDifference {
  static constexpr std::string_view kName = "l1", kBackwardName = "l1_backward";
  static constexpr bool kSimd = true;

  template <class Real>
  static Real value(Real x, Real target) {
    const Real difference = x - target;
    return difference < 0 ? -difference : difference;
  }
  template <class Real>
  static Real slope(Real x, Real target) {
    return x > target ? Real(1) : x < target ? Real(-1) : Real(0);
  }
};

/// y = average(|a - b|).  in: a, b of one type.  out: y [1, 1, 1, 1].
inline Tensor l1(Tensor a, Tensor b) { return record(ElementwiseMean<AbsoluteDifference>(), {a, b})[0]; }

}  // namespace tuna
