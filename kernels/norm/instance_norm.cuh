// Instance norm on the device.  Needs nothing of the engine: lift this file and what it includes, and it works.
//
// Forward reads x twice and writes y once; backward reads x and dy twice and writes dx once.  At 128 x 128 x 256 the
// second read comes from L2 on every GPU with 32 MB of it, so the floor is one read and one write.
#pragma once

#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// Count, mean and sum of squared deviations of some pixels, in kWidth channels.  The mean is kept as origin + mean
/// with one of the pixels as origin: so it is as precise as the deviations are, however small beside it.
template <int kWidth>
struct Moments {
  float count = 0;
  Vector<kWidth> origin = {}, mean = {}, squares = {};

  /// One pixel more (Welford, 1962).
  DEVICE void add(const Vector<kWidth>& x) {
    count += 1;
    const Vector<kWidth> deviation = x - origin, before = deviation - mean;
    mean = mean + before * (1 / count);
    squares = squares + before * (deviation - mean);
  }

  /// Without cancellation (Chan et al., 1979).
  DEVICE void merge(const Moments& other) {
    if (other.count == 0) return;
    if (count == 0) origin = other.origin;
    const float total = count + other.count, share = other.count / total;
    const Vector<kWidth> delta = (other.origin - origin) + (other.mean - mean);
    mean = mean + delta * share;
    squares = squares + other.squares + delta * delta * (count * share);
    count = total;
  }
};

template <class T, int kWidth>
struct SumMoments {
  const T* x;

  DEVICE Moments<kWidth> operator()(const PixelRun& run) const {
    Moments<kWidth> moments;
    if (run.begin < run.end) moments.origin = load<kWidth>(x + run.begin);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) moments.add(load<kWidth>(x + i));
    return moments;
  }
};

/// rest: what of the mean is lost when it is rounded.
template <int kWidth>
struct StoreStatistics {
  float *mean, *rstd, *rest;
  float eps;

  DEVICE void operator()(size_t vector, const Moments<kWidth>& whole) const {
    const Vector<kWidth> rounded = whole.origin + whole.mean;
    store(mean + vector * kWidth, rounded);
    store(rest + vector * kWidth, whole.mean - (rounded - whole.origin));
    store(rstd + vector * kWidth,
          map([&](float squares) { return rsqrtf(squares / whole.count + eps); }, whole.squares));
  }
};

template <class T, int kWidth>
struct Normalise {
  const T* x;
  const float *mean, *rest, *rstd;
  T* y;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), remainder = load<kWidth>(rest + run.statistic),
                         scale = load<kWidth>(rstd + run.statistic);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step)
      store(y + i, (load<kWidth>(x + i) - average - remainder) * scale);
  }
};

/// The two sums that the gradient needs, of dy and of dy * xhat.
template <int kWidth>
struct GradientSums {
  Vector<kWidth> dy = {}, dy_xhat = {};

  DEVICE void merge(const GradientSums& other) {
    dy = dy + other.dy;
    dy_xhat = dy_xhat + other.dy_xhat;
  }
};

template <class T, int kWidth>
struct SumGradients {
  const T *x, *dy;
  const float *mean, *rstd;

  DEVICE GradientSums<kWidth> operator()(const PixelRun& run) const {
    GradientSums<kWidth> sums;
    if (run.begin >= run.end) return sums;
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), scale = load<kWidth>(rstd + run.statistic);
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) {
      const Vector<kWidth> gradient = load<kWidth>(dy + i);
      sums.merge({gradient, gradient * ((load<kWidth>(x + i) - average) * scale)});
    }
    return sums;
  }
};

template <int kWidth>
struct StoreGradientSums {
  GradientSums<kWidth>* sums;

  DEVICE void operator()(size_t vector, const GradientSums<kWidth>& whole) const { sums[vector] = whole; }
};

template <class T, int kWidth>
struct NormaliseGradient {
  const T *x, *dy;
  const float *mean, *rstd;
  const GradientSums<kWidth>* sums;
  float share;  // of one pixel: 1 / pixels
  T* dx;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), scale = load<kWidth>(rstd + run.statistic);
    const GradientSums<kWidth> sum = sums[run.statistic / kWidth];
    const Vector<kWidth> dy_average = sum.dy * share, dy_xhat_average = sum.dy_xhat * share;
    UNROLL(4)
    for (size_t i = run.begin; i < run.end; i += run.step) {
      const Vector<kWidth> xhat = (load<kWidth>(x + i) - average) * scale;
      store(dx + i, scale * (load<kWidth>(dy + i) - dy_average - xhat * dy_xhat_average));
    }
  }
};

}  // namespace tuna::BACKEND
