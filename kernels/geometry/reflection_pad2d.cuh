// Padding by reflection on the device.  Independent of the engine: this file and those it includes work on their own.
//
// Both directions read and write every element once, except near the edges, where a gradient is a sum of several.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

/// The position on an axis that position i, possibly outside of it, is reflected to; the ends themselves are not
/// repeated.
DEVICE int reflect(int i, int length) {
  if (i < 0) return -i;
  return i < length ? i : 2 * (length - 1) - i;
}

template <class T>
struct ReflectionPad {
  Images<const T> x;
  int padding;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    return load<kWidth>(x.at(n, reflect(i - padding, x.height), reflect(j - padding, x.width), c));
  }
};

/// The positions of a padded axis that reflect() maps to position i of the axis: its own, that in the padding before
/// the axis, and that in the padding behind it.
struct Reflections {
  static constexpr int kNone = -1;

  int own, before, behind;

  DEVICE static Reflections of(int i, int length, int padding) {
    const int from_end = length - 1 - i;
    return {padding + i, 1 <= i && i <= padding ? padding - i : kNone,
            1 <= from_end && from_end <= padding ? padding + length - 1 + from_end : kNone};
  }
  DEVICE bool any() const { return before != kNone || behind != kNone; }
};

/// The gradient of a pixel: the sum of dy over the positions that read it.
template <class T>
struct ReflectionPadGradient {
  Images<const T> dy;
  int padding;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    return add_reflections(Vector<kWidth>(read_own<kWidth>(n, i, j, c)), n, i, j, c);
  }

  /// dy at the pixel's own position: the first term of the sum.
  template <int kWidth>
  DEVICE Stored<T, kWidth> read_own(int n, int i, int j, int c) const {
    return load_stored<kWidth>(dy.at(n, padding + i, padding + j, c));
  }

  /// Adds the terms of the pixel's reflections to the sum.
  template <int kWidth>
  DEVICE Vector<kWidth> add_reflections(Vector<kWidth> sum, int n, int i, int j, int c) const {
    const Reflections rows = Reflections::of(i, dy.height - 2 * padding, padding),
                      columns = Reflections::of(j, dy.width - 2 * padding, padding);
    if (!rows.any() && !columns.any()) return sum;  // true of nearly all pixels

    const auto add = [&](int row, int column) {
      if (row != Reflections::kNone && column != Reflections::kNone) sum = sum + load<kWidth>(dy.at(n, row, column, c));
    };
    UNROLL(1)
    for (int k = 0; k < 3; ++k) {
      const int row = k == 0 ? rows.own : k == 1 ? rows.before : rows.behind;
      if (k > 0) add(row, columns.own);
      add(row, columns.before);
      add(row, columns.behind);
    }
    return sum;
  }
};

}  // namespace tuna::BACKEND
