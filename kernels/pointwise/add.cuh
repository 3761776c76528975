// The sum of two elements, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct Sum {
  static constexpr int kFlops = 1;

  HOST_DEVICE Real operator()(Real a, Real b) const { return a + b; }
};

}  // namespace tuna
