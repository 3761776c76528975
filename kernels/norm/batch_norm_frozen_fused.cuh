// Batch norm with fixed statistics, the sum with a skip and the rectifier, on the device: each pass reads and writes
// every pixel once.  What the rectifier let through is seen from y.
#pragma once

#include "kernels/norm/batch_norm_frozen.cuh"

namespace tuna::BACKEND {

template <class T, int kWidth>
struct NormaliseFrozenAndRectify {
  NormaliseFrozen<kWidth> normalise;
  const T *x, *skip;  // skip: or null
  T* y;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto normalised = normalise(run.statistic);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) {
      Vector<kWidth> z = normalised(load<kWidth>(x + i));
      if (skip) z = z + load<kWidth>(skip + i);
      store(y + i, map(Rectify{}, z));
    }
  }
};

template <class T, int kWidth>
struct RectifyAndNormaliseGradient {
  NormaliseFrozenGradient<kWidth> gradient;
  LoadRectifiedGradient<T, kWidth> load_rectified;
  T *dx, *dz;  // dz: or null; one of them may be dy

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto normalised = gradient(run.statistic);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) {
      const Vector<kWidth> rectified = load_rectified(i);
      if (dz) store(dz + i, rectified);
      store(dx + i, normalised(rectified));
    }
  }
};

}  // namespace tuna::BACKEND
