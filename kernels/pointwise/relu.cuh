// The rectifier on the device.
#pragma once

#include "kernels/device/elementwise.cuh"

namespace tuna::BACKEND {

struct Rectify {
  DEVICE float operator()(float x) const { return x < 0 ? 0 : x; }
};

struct RectifyGradient {
  DEVICE float operator()(float y, float dy) const { return y > 0 ? dy : 0; }
};

}  // namespace tuna::BACKEND
