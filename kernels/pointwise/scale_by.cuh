// An element times a factor in memory, on the device.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

struct MultiplyBy {
  const float* factor;

  DEVICE float operator()(float x) const { return *factor * x; }
};

}  // namespace tuna::BACKEND
