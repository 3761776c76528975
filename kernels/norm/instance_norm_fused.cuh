// Instance norm with what follows it, on the device: the statistics as in instance_norm.cuh, and then one pass that
// normalises, rectifies or adds the skip, and writes each pixel to its own position and its reflections in the padding.
//
// Forward reads x twice and writes y once, whereas the plain ops read and write the image four times more; backward
// reads x and dy twice and writes dx once.  The rectifier's gradient is computed from x, so its output need not be
// kept.
#pragma once

#include "kernels/geometry/reflection_pad2d.cuh"
#include "kernels/norm/instance_norm.cuh"

namespace tuna::BACKEND {

/// The position of a thread's run of pixels: one division for the whole run, and one for each of its pixels.
struct RunPlace {
  int sample, channel, pixel, step, width;

  RunPlace() = default;
  DEVICE RunPlace(const PixelRun& run, int height, int width, int channels)
      : sample(int(run.statistic / channels)),
        channel(int(run.statistic % channels)),
        pixel(int(run.begin / channels - size_t(sample) * height * width)),
        step(int(run.step / channels)),
        width(width) {}

  DEVICE int row() const { return pixel / width; }
  DEVICE int column() const { return pixel % width; }
  DEVICE void advance() { pixel += step; }
};

/// The rectifier for values, or gradients, below zero.  A slope of 0 gives 0 for any value, as in relu and its
/// gradient; a product with an infinite value would not.
DEVICE float scale_below(float slope, float x) { return slope == 0 ? 0 : slope * x; }

template <class T, int kWidth>
struct NormaliseAndPad {
  const T *x, *skip;  // skip: null if a rectifier takes its place
  Normalise<kWidth> normalise;
  float slope;
  int padding;
  Images<T> y;
  T* z;  // null if only the padded image is needed

  /// Writes a pixel to its own position and its reflections.
  DEVICE void store_all(const RunPlace& place, const Vector<kWidth>& value) const {
    const Reflections rows = Reflections::of(place.row(), y.height - 2 * padding, padding),
                      columns = Reflections::of(place.column(), place.width, padding);
    const auto store_at = [&](int row, int column) {
      if (row != Reflections::kNone && column != Reflections::kNone)
        store(y.at(place.sample, row, column, place.channel), value);
    };
    const auto store_row = [&](int row) {
      store_at(row, columns.own);
      store_at(row, columns.before);
      store_at(row, columns.behind);
    };
    store_row(rows.own);
    if (!rows.any()) return;
    store_row(rows.before);
    store_row(rows.behind);
  }

  DEVICE void operator()(const PixelRun& run) const {
    if (run.begin >= run.end) return;
    const auto normalised = normalise(run.statistic);
    RunPlace place(run, y.height - 2 * padding, y.width - 2 * padding, y.channels);
    const auto write = [&](size_t i, const Vector<kWidth>& value) {
      if (z) store(z + i, value);
      store_all(place, value);
      place.advance();
    };
    if (skip)
      for_pairs<kWidth>(run, x, skip, [&](size_t i, const Vector<kWidth>& pixel, const Vector<kWidth>& other) {
        write(i, normalised(pixel) + other);
      });
    else
      for_pixels<kWidth>(run, x, [&](size_t i, const Vector<kWidth>& pixel) {
        write(i, map([&](float xhat) { return xhat < 0 ? scale_below(slope, xhat) : xhat; }, normalised(pixel)));
      });
  }
};

/// The gradient of the normalised pixels: gathered through the padding, plus that of z, through the rectifier.
template <class T, int kWidth>
struct GatherGradient {
  const T* to_z;  // the gradient of z, or null
  ReflectionPadGradient<T> padded;
  float slope;
  T* dz;  // receives the gathered gradient, unless null

  /// The values loaded for each pixel; reflections are loaded in finish(), for the pixels that have any.
  struct Found {
    RunPlace place;
    Stored<T, kWidth> own, to_z;
  };

  DEVICE RunPlace place(const PixelRun& run) const {
    const Images<const T>& dy = padded.dy;
    return {run, dy.height - 2 * padded.padding, dy.width - 2 * padded.padding, dy.channels};
  }

  DEVICE Found read(size_t i, const RunPlace& place) const {
    return {place, padded.template read_own<kWidth>(place.sample, place.row(), place.column(), place.channel),
            to_z ? load_stored<kWidth>(to_z + i) : Stored<T, kWidth>{}};
  }

  DEVICE Vector<kWidth> finish(size_t i, const Found& found, const Vector<kWidth>& x,
                               const Vector<kWidth>& average) const {
    const RunPlace& place = found.place;
    Vector<kWidth> gradient =
        padded.add_reflections(Vector<kWidth>(found.own), place.sample, place.row(), place.column(), place.channel);
    if (to_z) gradient = gradient + Vector<kWidth>(found.to_z);
    if (slope != 1)
      gradient = map([&](float value, float mean, float d) { return value > mean ? d : scale_below(slope, d); }, x,
                     average, gradient);
    if (dz) store(dz + i, gradient);
    return gradient;
  }
};

}  // namespace tuna::BACKEND
