// A constant in every element, on the device.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

struct Constant {
  float value;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int, int, int, int) const {
    return repeat<kWidth>(value);
  }
};

}  // namespace tuna::BACKEND
