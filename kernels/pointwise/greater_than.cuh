// Whether an element is greater than a constant, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct IsGreater {
  static constexpr int kFlops = 1;
  Real threshold;

  HOST_DEVICE Real operator()(Real x) const { return x > threshold ? 1 : 0; }
};

}  // namespace tuna
