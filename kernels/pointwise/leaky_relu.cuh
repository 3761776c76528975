// The leaky rectifier on the device.
#pragma once

#include "kernels/device/elementwise.cuh"

namespace tuna::BACKEND {

struct LeakyRectify {
  float slope;

  DEVICE float operator()(float x) const { return x > 0 ? x : slope * x; }
};

struct LeakyRectifyGradient {
  float slope;

  DEVICE float operator()(float y, float dy) const { return y > 0 ? dy : slope * dy; }
};

}  // namespace tuna::BACKEND
