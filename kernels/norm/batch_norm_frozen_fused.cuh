// Batch norm with fixed statistics, the sum with a skip and the rectifier, on the device: each pass reads and writes
// every pixel once.  The gradient of the rectifier is computed from y.
#pragma once

#include "kernels/norm/batch_norm_frozen.cuh"

namespace tuna::BACKEND {

template <class T, int kWidth>
struct NormaliseFrozenAndRectify {
  NormaliseFrozen<kWidth> normalise;
  const T *x, *skip;  // skip: may be null
  T* y;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto normalised = normalise(run.statistic);
    if (skip)
      for_pairs<kWidth>(run, x, skip, [&](size_t i, const Vector<kWidth>& pixel, const Vector<kWidth>& other) {
        store(y + i, map(Rectify<float>{}, normalised(pixel) + other));
      });
    else
      for_pixels<kWidth>(run, x, [&](size_t i, const Vector<kWidth>& pixel) {
        store(y + i, map(Rectify<float>{}, normalised(pixel)));
      });
  }
};

template <class T, int kWidth>
struct RectifyAndNormaliseGradient {
  NormaliseFrozenGradient<kWidth> gradient;
  const T *y, *dy;
  T *dx, *dz;  // dz: may be null; one of them may be dy

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto normalised = gradient(run.statistic);
    for_pairs<kWidth>(run, y, dy, [&](size_t i, const Vector<kWidth>& result, const Vector<kWidth>& arriving) {
      const Vector<kWidth> rectified = map(RectifyGradient<float>{}, result, arriving);
      if (dz) store(dz + i, rectified);
      store(dx + i, normalised(rectified));
    });
  }
};

}  // namespace tuna::BACKEND
