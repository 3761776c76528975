// The absolute difference, whose mean is l1, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

/// |x - target|; its slope at 0 is 0.
struct AbsoluteDifference {
  static constexpr const char *kName = "l1", *kBackwardName = "l1_backward";
  static constexpr int kValueFlops = 2, kSlopeFlops = 2;
  static constexpr bool kSimd = true;

  template <class Real>
  HOST_DEVICE static Real value(Real x, Real target) {
    const Real difference = x - target;
    return difference < 0 ? -difference : difference;
  }
  template <class Real>
  HOST_DEVICE static Real slope(Real x, Real target) {
    return x > target ? Real(1) : x < target ? Real(-1) : Real(0);
  }
};

}  // namespace tuna
