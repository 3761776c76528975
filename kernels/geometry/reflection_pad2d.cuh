// Padding by reflection on the device.  Needs nothing of the engine: lift this file and what it includes, and it works.
//
// Both directions read and write every element once, but for the border, whose gradient is a sum of several.
#pragma once

#include "kernels/device/images.cuh"

namespace tuna::BACKEND {

/// Where position i of an axis lies that goes on behind its ends as its mirror image; the ends themselves are not
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

/// The positions of a padded axis that reflect() takes to position i of the axis: its own, that in the padding before
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

/// The sum of what was read from a pixel.
template <class T>
struct ReflectionPadGradient {
  Images<const T> dy;
  int padding;

  template <int kWidth>
  DEVICE Vector<kWidth> read(int n, int i, int j, int c) const {
    return add_reflections(Vector<kWidth>(read_own<kWidth>(n, i, j, c)), n, i, j, c);
  }

  /// What was read from the pixel itself: the first term of the sum.
  template <int kWidth>
  DEVICE Stored<T, kWidth> read_own(int n, int i, int j, int c) const {
    return load_stored<kWidth>(dy.at(n, padding + i, padding + j, c));
  }

  /// The sum, with what its reflections add.
  template <int kWidth>
  DEVICE Vector<kWidth> add_reflections(Vector<kWidth> sum, int n, int i, int j, int c) const {
    const Reflections rows = Reflections::of(i, dy.height - 2 * padding, padding),
                      columns = Reflections::of(j, dy.width - 2 * padding, padding);
    if (!rows.any() && !columns.any()) return sum;  // nearly everywhere

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
