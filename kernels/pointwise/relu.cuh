// The rectifier of an element, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct Rectify {
  static constexpr int kFlops = 1;

  HOST_DEVICE Real operator()(Real x) const { return x < 0 ? 0 : x; }
};

template <class Real>
struct RectifyGradient {
  static constexpr int kFlops = 1;

  HOST_DEVICE Real operator()(Real y, Real dy) const { return y > 0 ? dy : 0; }
};

}  // namespace tuna
