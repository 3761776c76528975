// The hyperbolic tangent of an element, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct HyperbolicTangent {
  static constexpr int kFlops = 1;

  HOST_DEVICE Real operator()(Real x) const { return ::tanh(x); }
};

template <class Real>
struct HyperbolicTangentGradient {
  static constexpr int kFlops = 3;

  HOST_DEVICE Real operator()(Real y, Real dy) const { return (1 - y * y) * dy; }
};

}  // namespace tuna
