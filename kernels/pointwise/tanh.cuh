// The hyperbolic tangent on the device.
#pragma once

#include "kernels/device/elementwise.cuh"

namespace tuna::BACKEND {

struct HyperbolicTangent {
  DEVICE float operator()(float x) const { return tanhf(x); }
};

struct HyperbolicTangentGradient {
  DEVICE float operator()(float y, float dy) const { return (1 - y * y) * dy; }
};

}  // namespace tuna::BACKEND
