// Rows of an image with reflected padding, on the cpu, for the reflection pad and the ops that contain one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tuna {

struct ReflectedRows {
  int64_t height, width, channels, padding;  // of the image without its padding

  int64_t padded_width() const { return width + 2 * padding; }
  int64_t padded_height() const { return height + 2 * padding; }

  /// Fills the padding at both ends of a row from its inside.
  void fill_ends(float* row) const {
    float* inside = row + padding * channels;
    for (int64_t j = 1; j <= padding; ++j) {
      std::copy_n(inside + j * channels, channels, inside - j * channels);
      std::copy_n(inside + (width - 1 - j) * channels, channels, inside + (width - 1 + j) * channels);
    }
  }

  /// Calls body(row) for each padded row that is a copy of image row i: i + padding first, and up to two reflections.
  template <class Body>
  void each_appearance(int64_t i, Body body) const {
    body(padding + i);
    if (1 <= i && i <= padding) body(padding - i);
    const int64_t from_end = height - 1 - i;
    if (1 <= from_end && from_end <= padding) body(padding + height - 1 + from_end);
  }

  /// Sums the gradients of all appearances of row i into `to`; `padded` is the gradient of the whole padded image.
  void gather_row(const float* padded, int64_t i, float* to) const {
    bool first = true;
    each_appearance(i, [&](int64_t row) {
      const float* inside = padded + (row * padded_width() + padding) * channels;
      if (first)
        std::copy_n(inside, width * channels, to);
      else
        add(to, inside, width * channels);
      first = false;
      for (int64_t j = 1; j <= padding; ++j) add(to + j * channels, inside - j * channels, channels);
      for (int64_t j = 1; j <= padding; ++j)
        add(to + (width - 1 - j) * channels, inside + (width - 1 + j) * channels, channels);
    });
  }

 private:
  static void add(float* sum, const float* term, int64_t count) {
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) sum[i] += term[i];
  }
};

}  // namespace tuna
