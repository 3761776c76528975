// A channel's scale and shift, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

template <class Real>
HOST_DEVICE Real scale_and_shift(Real x, Real scale, Real shift) {
  return x * scale + shift;
}

}  // namespace tuna
