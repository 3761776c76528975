// A window of each image, on the device.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

template <class T>
struct Window {
  Images<const T> x;
  int top, left;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    return load<kWidth>(x.at(n, top + i, left + j, c));
  }
};

/// dy within the window and 0 outside of it.
template <class T>
struct WindowGradient {
  Images<const T> dy;
  int top, left;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    i -= top;
    j -= left;
    const bool inside = 0 <= i && i < dy.height && 0 <= j && j < dy.width;
    return inside ? load<kWidth>(dy.at(n, i, j, c)) : Vector<kWidth>{};
  }
};

}  // namespace tuna::BACKEND
