// The squared difference, whose mean is mse, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

/// (x - target)^2.
struct SquaredDifference {
  static constexpr const char *kName = "mse", *kBackwardName = "mse_backward";
  static constexpr int kValueFlops = 2, kSlopeFlops = 2;
  static constexpr bool kSimd = true;

  template <class Real>
  HOST_DEVICE static Real value(Real x, Real target) {
    return (x - target) * (x - target);
  }
  template <class Real>
  HOST_DEVICE static Real slope(Real x, Real target) {
    return 2 * (x - target);
  }
};

}  // namespace tuna
