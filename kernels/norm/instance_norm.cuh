// Instance norm on the device.  Independent of the engine: this file and those it includes work on their own.
//
// Forward reads x twice and writes y once; backward reads x and dy twice and writes dx once.  At 128 x 128 x 256 the
// second read comes from L2 on every GPU with 32 MB of it, so the floor is one read and one write.
#pragma once

#include "kernels/norm/normalise.cuh"

namespace tuna::BACKEND {

/// With rstd as scale and offset, Normalise gives y.
template <int kWidth>
struct StoreInstanceStatistics {
  float *mean, *rstd, *offset;
  float eps;

  DEVICE void operator()(size_t vector, const Moments<kWidth>& whole) const {
    const size_t statistic = vector * kWidth;
    const Vector<kWidth> scale = reciprocal_deviation(whole.squares * (1 / whole.count), eps);
    store(mean + statistic, whole.rounded_mean());
    store(rstd + statistic, scale);
    store(offset + statistic, whole.rest_of_mean() * scale * -1.0f);
  }
};

}  // namespace tuna::BACKEND
