// Instance norm with what follows it, on the device: the statistics as in instance_norm.cuh, and then one pass that
// normalises, rectifies or adds the skip, and writes each pixel wherever the reflected border shows it.
//
// Forward reads x twice and writes y once, where the plain ops read and write the image four times more; backward reads
// x and dy twice and writes dx once.  What the rectifier let through is seen from x: its output is not kept.
#pragma once

#include "kernels/geometry/reflection_pad2d.cuh"
#include "kernels/norm/instance_norm.cuh"

namespace tuna::BACKEND {

/// Where a thread's run of pixels lies: one division for the whole run, and one for each of its pixels.
struct RunPlace {
  int sample, channel, pixel, step, width;

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

template <class T, int kWidth>
struct NormaliseAndPad {
  const T *x, *skip;  // skip: null where a rectifier takes its place
  Normalise<kWidth> normalise;
  float slope;
  int padding;
  Images<T> y;
  T* z;  // null where the padded image is all that is wanted

  /// Writes a pixel wherever the border shows it.
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
    for (size_t i = run.begin; i < run.end; i += run.step, place.advance()) {
      Vector<kWidth> value = normalised(load<kWidth>(x + i));
      if (skip)
        value = value + load<kWidth>(skip + i);
      else
        value = map([&](float xhat) { return xhat > 0 ? xhat : slope * xhat; }, value);
      if (z) store(z + i, value);
      store_all(place, value);
    }
  }
};

/// The gradient of the normalised pixels: gathered through the border, with what came to z, behind the rectifier.
template <class T, int kWidth>
struct GatherGradient {
  const T *x, *to_z;  // to_z may be null
  ReflectionPadGradient<T> padded;
  float slope;
  T* dz;  // takes what was gathered, unless null

  DEVICE RunPlace place(const PixelRun& run) const {
    const Images<const T>& dy = padded.dy;
    return {run, dy.height - 2 * padded.padding, dy.width - 2 * padded.padding, dy.channels};
  }

  DEVICE Vector<kWidth> operator()(size_t i, const RunPlace& place, const Vector<kWidth>& average) const {
    Vector<kWidth> gradient = padded.template read<kWidth>(place.sample, place.row(), place.column(), place.channel);
    if (to_z) gradient = gradient + load<kWidth>(to_z + i);
    if (slope != 1)
      gradient = map([&](float value, float mean, float d) { return value > mean ? d : slope * d; },
                     load<kWidth>(x + i), average, gradient);
    if (dz) store(dz + i, gradient);
    return gradient;
  }
};

}  // namespace tuna::BACKEND
