// Batch norm with fixed statistics on the device.  Each thread computes the scale of its channels, which is cheaper
// than a separate launch.
#pragma once

#include "kernels/norm/normalise.cuh"
#include "kernels/pointwise/relu.cuh"

namespace tuna::BACKEND {

/// y = (x - mean) / sqrt(variance + eps) * weight + bias.
template <int kWidth>
struct NormaliseFrozen {
  const float *weight, *bias, *mean, *variance;
  float eps;

  DEVICE auto operator()(size_t channel) const {
    const Vector<kWidth> average = load<kWidth>(mean + channel), offset = load<kWidth>(bias + channel),
                         scale = reciprocal_deviation(load<kWidth>(variance + channel), eps)
                                 * load<kWidth>(weight + channel);
    return [=](const Vector<kWidth>& x) { return (x - average) * scale + offset; };
  }
};

/// dx = dy * weight / sqrt(variance + eps).
template <int kWidth>
struct NormaliseFrozenGradient {
  const float *weight, *variance;
  float eps;

  DEVICE auto operator()(size_t channel) const {
    const Vector<kWidth> scale =
        reciprocal_deviation(load<kWidth>(variance + channel), eps) * load<kWidth>(weight + channel);
    return [scale](const Vector<kWidth>& dy) { return dy * scale; };
  }
};

/// The gradient through a rectifier whose output is y.
template <class T, int kWidth>
struct LoadRectifiedGradient {
  const T *y, *dy;

  struct Found {
    Stored<T, kWidth> y, dy;
  };

  DEVICE SamePlace place(const PixelRun&) const { return {}; }
  DEVICE Found read(size_t i, SamePlace) const { return {load_stored<kWidth>(y + i), load_stored<kWidth>(dy + i)}; }
  DEVICE Vector<kWidth> finish(size_t, const Found& found, const Vector<kWidth>&, const Vector<kWidth>&) const {
    return map(RectifyGradient<float>{}, Vector<kWidth>(found.y), Vector<kWidth>(found.dy));
  }
};

/// dweight = sum(dy * (x - mean)) / sqrt(variance + eps), dbias = sum(dy).
template <int kWidth>
struct StoreFrozenParameterGradients {
  const float* variance;
  float eps;
  float *dweight, *dbias;

  DEVICE void operator()(size_t vector, const GradientSums<kWidth>& whole) const {
    const size_t channel = vector * kWidth;
    store(dweight + channel, whole.dy_deviation * reciprocal_deviation(load<kWidth>(variance + channel), eps));
    store(dbias + channel, whole.dy);
  }
};

}  // namespace tuna::BACKEND
