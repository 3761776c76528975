// The mirror image on the device.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

template <class T>
struct Mirror {
  Images<const T> x;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    return load<kWidth>(x.at(n, i, x.width - 1 - j, c));
  }
};

}  // namespace tuna::BACKEND
