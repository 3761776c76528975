// Instance norm with what follows it, on the device: the statistics as in instance_norm.cuh, and then one pass that
// normalises, rectifies or adds the skip, and writes each pixel wherever the reflected border shows it.
//
// Forward reads x twice and writes y once, where the plain ops read and write the image four times more; backward reads
// x and dy twice and writes dx once.  What the rectifier let through is seen from x: its output is not kept.
#pragma once

#include "kernels/norm/instance_norm.cuh"

namespace tuna::BACKEND {

/// An image of [height, width] pixels with a reflected border.
struct ReflectedImage {
  unsigned height, width, padding;

  HOST_DEVICE size_t pixels() const { return size_t(height) * width; }
  HOST_DEVICE size_t padded_width() const { return width + 2 * padding; }
  HOST_DEVICE size_t padded_pixels() const { return (height + 2 * padding) * padded_width(); }

  /// The places along an axis of `length` that show i: itself, and where a border reflects it.  body(place).
  template <class Body>
  DEVICE void each_place(unsigned i, unsigned length, Body body) const {
    body(padding + i);
    if (i >= 1 && i <= padding) body(padding - i);
    const unsigned from_end = length - 1 - i;
    if (from_end >= 1 && from_end <= padding) body(padding + length - 1 + from_end);
  }

  /// body(pixel of the padded image) for each one that shows this pixel, always in the same order.
  template <class Body>
  DEVICE void each_appearance(unsigned pixel, Body body) const {
    if (padding == 0) return body(size_t(pixel));
    const unsigned row = pixel / width, column = pixel % width;
    each_place(row, height,
               [&](unsigned i) { each_place(column, width, [&](unsigned j) { body(i * padded_width() + j); }); });
  }
};

/// A run's pixels, counted in its sample: one division for the whole run.
struct RunPixels {
  size_t sample, channel;
  unsigned first, step;

  DEVICE RunPixels(const PixelRun& run, size_t pixels, size_t channels)
      : sample(run.statistic / channels),
        channel(run.statistic % channels),
        first(unsigned(run.begin / channels - sample * pixels)),
        step(unsigned(run.step / channels)) {}
};

template <class T, int kWidth>
struct NormaliseAndPad {
  const T *x, *skip;  // skip: null where a rectifier takes its place
  const float *mean, *rest, *rstd;
  float slope;
  ReflectedImage image;
  size_t channels;
  T *y, *z;  // z: null where the padded image is all that is wanted

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const RunPixels pixels(run, image.pixels(), channels);
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), remainder = load<kWidth>(rest + run.statistic),
                         scale = load<kWidth>(rstd + run.statistic);
    T* padded = y + pixels.sample * image.padded_pixels() * channels + pixels.channel;
    unsigned pixel = pixels.first;
    for (size_t i = run.begin; i < run.end; i += run.step, pixel += pixels.step) {
      Vector<kWidth> value = (load<kWidth>(x + i) - average - remainder) * scale;
      if (skip)
        value = value + load<kWidth>(skip + i);
      else
        value = map([&](float xhat) { return xhat > 0 ? xhat : slope * xhat; }, value);
      if (z) store(z + i, value);
      image.each_appearance(pixel, [&](size_t place) { store(padded + place * channels, value); });
    }
  }
};

/// The gradient of the normalised pixels: gathered through the border, with what came to z, behind the rectifier.
template <class T, int kWidth>
struct GatherGradient {
  const T *x, *dy, *to_z;  // to_z may be null
  float slope;
  ReflectedImage image;
  size_t channels;

  DEVICE Vector<kWidth> operator()(size_t i, unsigned pixel, const RunPixels& pixels,
                                   const Vector<kWidth>& average) const {
    const T* padded = dy + pixels.sample * image.padded_pixels() * channels + pixels.channel;
    Vector<kWidth> gradient{};
    image.each_appearance(pixel, [&](size_t place) { gradient = gradient + load<kWidth>(padded + place * channels); });
    if (to_z) gradient = gradient + load<kWidth>(to_z + i);
    if (slope == 1) return gradient;
    return map([&](float value, float mean, float d) { return value > mean ? d : slope * d; }, load<kWidth>(x + i),
               average, gradient);
  }
};

template <class T, int kWidth>
struct SumGatheredGradients {
  GatherGradient<T, kWidth> gather;
  const float *mean, *rstd;
  T* dz;  // takes the gathered gradient, unless null

  DEVICE GradientSums<kWidth> operator()(const PixelRun& run) const {
    GradientSums<kWidth> sums;
    if (run.begin >= run.end) return sums;
    const RunPixels pixels(run, gather.image.pixels(), gather.channels);
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), scale = load<kWidth>(rstd + run.statistic);
    unsigned pixel = pixels.first;
    for (size_t i = run.begin; i < run.end; i += run.step, pixel += pixels.step) {
      const Vector<kWidth> gradient = gather(i, pixel, pixels, average);
      if (dz) store(dz + i, gradient);
      sums.merge({gradient, gradient * ((load<kWidth>(gather.x + i) - average) * scale)});
    }
    return sums;
  }
};

/// As NormaliseGradient, of a gradient that is gathered once more rather than kept in between.
template <class T, int kWidth>
struct NormaliseGatheredGradient {
  GatherGradient<T, kWidth> gather;
  const float *mean, *rstd;
  const GradientSums<kWidth>* sums;
  float share;  // of one pixel: 1 / pixels
  T* dx;

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const RunPixels pixels(run, gather.image.pixels(), gather.channels);
    const Vector<kWidth> average = load<kWidth>(mean + run.statistic), scale = load<kWidth>(rstd + run.statistic);
    const GradientSums<kWidth> sum = sums[run.statistic / kWidth];
    const Vector<kWidth> dz_average = sum.dy * share, dz_xhat_average = sum.dy_xhat * share;
    unsigned pixel = pixels.first;
    for (size_t i = run.begin; i < run.end; i += run.step, pixel += pixels.step) {
      const Vector<kWidth> xhat = (load<kWidth>(gather.x + i) - average) * scale;
      store(dx + i, scale * (gather(i, pixel, pixels, average) - dz_average - xhat * dz_xhat_average));
    }
  }
};

}  // namespace tuna::BACKEND
