// The sum of two elements on the device.
#pragma once

#include "kernels/device/elementwise.cuh"

namespace tuna::BACKEND {

struct Sum {
  DEVICE float operator()(float a, float b) const { return a + b; }
};

}  // namespace tuna::BACKEND
