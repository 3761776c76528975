// The gradient of the average over all pixels, on the device.  The average itself is the pixel sum of pixels.cuh.
#pragma once

#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// dx = dy * share at each pixel, with dy [samples, channels].
template <class T, int kWidth>
struct ShareOut {
  const T* dy;
  float share;  // of one pixel: 1 / pixels
  T* dx;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const Vector<kWidth> gradient = load<kWidth>(dy + run.statistic) * share;
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) store(dx + i, gradient);
  }
};

}  // namespace tuna::BACKEND
