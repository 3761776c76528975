// An element times a constant, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
struct Multiply {
  static constexpr int kFlops = 1;
  Real factor;

  HOST_DEVICE Real operator()(Real x) const { return factor * x; }
};

}  // namespace tuna
