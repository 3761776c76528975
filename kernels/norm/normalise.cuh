// The device code that the norms share: moments of pixels, the normalisation with them, and its gradient.
//
// Statistics are [samples, channels], those of a whole batch [channels].
#pragma once

#include "kernels/device/pixels.cuh"

namespace tuna::BACKEND {

/// Count, mean and sum of squared deviations of some pixels, in kWidth channels.  The mean is kept as origin + mean
/// with one of the pixels as origin, so it is as precise as the deviations, however small they are relative to it.
template <int kWidth>
struct Moments {
  float count = 0;
  Vector<kWidth> origin = {}, mean = {}, squares = {};

  /// Adds one pixel (Welford, 1962).
  DEVICE void add(const Vector<kWidth>& x) {
    count += 1;
    const Vector<kWidth> deviation = x - origin, before = deviation - mean;
    mean = mean + before * (1 / count);
    squares = squares + before * (deviation - mean);
  }

  /// Merges without cancellation (Chan et al., 1979).
  DEVICE void merge(const Moments& other) {
    if (other.count == 0) return;
    if (count == 0) origin = other.origin;
    const float total = count + other.count, share = other.count / total;
    const Vector<kWidth> delta = (other.origin - origin) + (other.mean - mean);
    mean = mean + delta * share;
    squares = squares + other.squares + delta * delta * (count * share);
    count = total;
  }

  DEVICE Vector<kWidth> rounded_mean() const { return origin + mean; }

  /// The part of the mean that is lost when it is rounded.
  DEVICE Vector<kWidth> rest_of_mean() const { return mean - (rounded_mean() - origin); }
};

template <class T, int kWidth>
struct SumMoments {
  const T* x;

  DEVICE Moments<kWidth> operator()(const PixelRun& run) const {
    Moments<kWidth> moments;
    if (run.begin < run.end) moments.origin = load<kWidth>(x + run.begin);
    for_pixels<kWidth>(run, x, [&](size_t, const Vector<kWidth>& pixel) { moments.add(pixel); });
    return moments;
  }
};

/// 1 / sqrt(variance + eps).
template <int kWidth>
DEVICE Vector<kWidth> reciprocal_deviation(const Vector<kWidth>& variance, float eps) {
  return map([eps](float value) { return rsqrtf(value + eps); }, variance);
}

/// y = (x - mean) * scale + offset.
template <int kWidth>
struct Normalise {
  const float *mean, *scale, *offset;  // offset: null for 0

  DEVICE auto operator()(size_t statistic) const {
    const Vector<kWidth> average = load<kWidth>(mean + statistic), factor = load<kWidth>(scale + statistic),
                         shift = offset ? load<kWidth>(offset + statistic) : repeat<kWidth>(0);
    return [=](const Vector<kWidth>& x) { return (x - average) * factor + shift; };
  }
};

/// The two sums that the gradient needs: of dy, and of dy * (x - mean), which is that of dy * xhat except for a factor.
template <int kWidth>
struct GradientSums {
  Vector<kWidth> dy = {}, dy_deviation = {};

  DEVICE void merge(const GradientSums& other) {
    dy = dy + other.dy;
    dy_deviation = dy_deviation + other.dy_deviation;
  }
};

/// The empty place of pixels whose gradient has the layout of x.
struct SamePlace {
  DEVICE void advance() {}
};

/// Loads dy, which has the layout of x.  Other gradients (GatherGradient) need the place of a pixel, and x and its
/// average to finish.
template <class T, int kWidth>
struct LoadGradient {
  const T* dy;

  DEVICE SamePlace place(const PixelRun&) const { return {}; }
  DEVICE Stored<T, kWidth> read(size_t i, SamePlace) const { return load_stored<kWidth>(dy + i); }
  DEVICE Vector<kWidth> finish(size_t, const Vector<kWidth>& dy, const Vector<kWidth>&, const Vector<kWidth>&) const {
    return dy;
  }
};

/// Calls use(i, x, dy) for the pixels of a run.
template <class T, int kWidth, class Gradient, class Use>
DEVICE void for_gradients(const PixelRun& run, const T* x, const Gradient& gradient, const Vector<kWidth>& average,
                          Use use) {
  auto place = gradient.place(run);
  struct Pixel {
    Stored<T, kWidth> x;
    decltype(gradient.read(0, place)) found;
  };
  const auto read = [&](size_t i) {
    const Pixel pixel{load_stored<kWidth>(x + i), gradient.read(i, place)};
    place.advance();
    return pixel;
  };
  load_and_use<kPairsAtOnce>(run, read, [&](size_t i, const Pixel& pixel) {
    const Vector<kWidth> value = pixel.x;
    use(i, value, gradient.finish(i, pixel.found, value, average));
  });
}

template <class T, int kWidth, class Gradient = LoadGradient<T, kWidth>>
struct SumGradients {
  const T* x;
  Gradient gradient;
  const float* mean;

  DEVICE GradientSums<kWidth> operator()(const PixelRun& run) const {
    GradientSums<kWidth> sums;
    if (run.begin >= run.end) return sums;
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic);
    for_gradients(run, x, gradient, average, [&](size_t, const Vector<kWidth>& pixel, const Vector<kWidth>& dy) {
      sums.merge({dy, dy * (pixel - average)});
    });
    return sums;
  }
};

/// sum(dy) and sum(dy * xhat).
template <int kWidth>
struct StoreGradientSums {
  const float* rstd;
  float *sum_dy, *sum_dy_xhat;

  DEVICE void operator()(size_t vector, const GradientSums<kWidth>& whole) const {
    const size_t statistic = vector * kWidth;
    store(sum_dy + statistic, whole.dy);
    store(sum_dy_xhat + statistic, whole.dy_deviation * load<kWidth>(rstd + statistic));
  }
};

/// dx = weight * rstd * (dy - average(dy) - xhat * average(dy * xhat)), with xhat = (x - mean) * rstd.
template <class T, int kWidth, class Gradient = LoadGradient<T, kWidth>>
struct NormaliseGradient {
  const T* x;
  Gradient gradient;
  const float *mean, *rstd, *weight;  // weight: null for 1
  const float *sum_dy, *sum_dy_xhat;
  float share;  // of one pixel: 1 / pixels
  T* dx;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), scale = load<kWidth>(rstd + run.statistic),
                         factor = weight ? scale * load<kWidth>(weight + run.statistic) : scale,
                         of_deviation = factor * scale * (load<kWidth>(sum_dy_xhat + run.statistic) * share),
                         of_all = factor * (load<kWidth>(sum_dy + run.statistic) * share);
    for_gradients(run, x, gradient, average, [&](size_t i, const Vector<kWidth>& pixel, const Vector<kWidth>& dy) {
      store(dx + i, dy * factor - of_all - (pixel - average) * of_deviation);
    });
  }
};

}  // namespace tuna::BACKEND
