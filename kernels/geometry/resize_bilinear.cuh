// Bilinear interpolation between image sizes, on the device.
//
// Positions are counted in fractions of a pixel that make all of them integers, so they are exact.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

/// One axis, interpolated from `from` pixels to `to` of them, neither more than kMost.
struct Interpolation {
  static constexpr int kMost = 32768;  // so that (2 i + 1) * from fits an int

  int from, to;

  /// Parts in a pixel of the input.
  DEVICE int parts() const { return 2 * to; }

  /// Where pixel i of the output lies in the input: at (i + 1/2) * from / to - 1/2 pixels, kept within the axis.
  DEVICE int position(int i) const { return min(max((2 * i + 1) * from - to, 0), (from - 1) * parts()); }

  /// The pixels of the output that read pixel `source` of the input, those less than a pixel from it, are first_reader
  /// to end_of_readers - 1: positions outside of the axis read its end.
  DEVICE int first_reader(int source) const { return source == 0 ? 0 : ((2 * source - 1) * to + from) / (2 * from); }
  DEVICE int end_of_readers(int source) const {
    return source == from - 1 ? to : ((2 * source + 3) * to + from - 1) / (2 * from);
  }

  /// The weight of `source` in its reader i.
  DEVICE float weight(int i, int source) const {
    return 1 - fabsf(float(position(i) - source * parts())) * (1 / float(parts()));
  }
};

/// The two pixels of the input between which one of the output lies.
struct Neighbours {
  int before, after;
  float fraction;  // of the second one

  DEVICE static Neighbours of(int i, const Interpolation& axis) {
    const int position = axis.position(i), before = position / axis.parts();
    return {before, min(before + 1, axis.from - 1),
            float(position - before * axis.parts()) * (1 / float(axis.parts()))};
  }
};

template <class T>
struct Interpolate {
  Images<const T> x;
  Interpolation rows, columns;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    const Neighbours row = Neighbours::of(i, rows), column = Neighbours::of(j, columns);
    const auto along_row = [&](int source) {
      const auto before = load<kWidth>(x.at(n, source, column.before, c)),
                 after = load<kWidth>(x.at(n, source, column.after, c));
      return before + (after - before) * column.fraction;
    };
    const auto before = along_row(row.before), after = along_row(row.after);
    return before + (after - before) * row.fraction;
  }
};

/// Gathers the gradients of the pixels that were interpolated from a pixel.
template <class T>
struct InterpolateGradient {
  Images<const T> dy;
  Interpolation rows, columns;  // as in the forward direction

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    Vector<kWidth> sum = {};
    for (int row = rows.first_reader(i); row < rows.end_of_readers(i); ++row) {
      Vector<kWidth> along_row = {};
      for (int column = columns.first_reader(j); column < columns.end_of_readers(j); ++column)
        along_row = along_row + load<kWidth>(dy.at(n, row, column, c)) * columns.weight(column, j);
      sum = sum + along_row * rows.weight(row, i);
    }
    return sum;
  }
};

}  // namespace tuna::BACKEND
