// The leaky rectifier of an element, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct LeakyRectify {
  static constexpr int kFlops = 2;
  Real slope;

  HOST_DEVICE Real operator()(Real x) const { return x > 0 ? x : slope * x; }
};

template <class Real>
struct LeakyRectifyGradient {
  static constexpr int kFlops = 2;
  Real slope;

  HOST_DEVICE Real operator()(Real y, Real dy) const { return y > 0 ? dy : slope * dy; }
};

}  // namespace tuna
