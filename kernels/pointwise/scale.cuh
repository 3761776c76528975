// An element times a constant on the device.
#pragma once

#include "kernels/device/elementwise.cuh"

namespace tuna::BACKEND {

struct Multiply {
  float factor;

  DEVICE float operator()(float x) const { return factor * x; }
};

}  // namespace tuna::BACKEND
