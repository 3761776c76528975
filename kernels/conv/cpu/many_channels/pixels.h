// Blocks of pixels of x and dy, and where their copies lie in memory.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/cpu/parts.h"
#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu::many {

struct Block {
  Range samples, rows;  // of dy
};

/// The pixels of dy in blocks that fit the second cache: some rows of one sample, or several whole samples.
class Blocks {
 public:
  /// `columns` is the length of a row in the copy.
  Blocks(const ConvProblem& problem, int64_t columns);

  int64_t count() const { return parts_of_samples_ * parts_of_rows_; }
  int64_t most_samples() const { return parts_of_at_most(samples_, parts_of_samples_); }
  int64_t most_rows() const { return parts_of_at_most(rows_, parts_of_rows_); }
  Block operator[](int64_t index) const {
    return {part_of(samples_, index / parts_of_rows_, parts_of_samples_),
            part_of(rows_, index % parts_of_rows_, parts_of_rows_)};
  }

 private:
  int64_t samples_, rows_, parts_of_samples_, parts_of_rows_;
};

/// Some channels of the pixels of a block, [samples][phases][phases][rows][columns][channels].  An image pixel (h, w)
/// is in phase (h + padding) % step, (w + padding) % step, at row (h + padding) / step and column (w + padding) / step;
/// rows count from the first of the block.  Pixels outside the image are zeros.
///
/// Tap (u, v) of output (i, j) reads x (i * stride + u - padding, j * stride + v - padding).  With the stride as step
/// this is in phase (u % stride, v % stride), at row i + u / stride and column j + v / stride: at a fixed distance from
/// (i, j), whatever the tap.
struct Layout {
  int64_t step, padding;
  int64_t row_phases, column_phases;         // at most `step`: those that taps read
  int64_t samples, rows, columns, channels;  // samples and rows at most

  int64_t phase_floats() const { return rows * columns * channels; }
  int64_t sample_floats() const { return row_phases * column_phases * phase_floats(); }
  int64_t floats() const { return samples * sample_floats(); }
  int64_t at_tap(int64_t u, int64_t v) const {
    return (u % step * column_phases + v % step) * phase_floats() + (u / step * columns + v / step) * channels;
  }
};

/// Copies `rows` rows of each phase, from row `first_row`, of `samples`.  `image` [N, H, W, C] points to the first of
/// the channels.
void copy_pixels(const float* image, const Shape& shape, Range samples, int64_t first_row, int64_t rows,
                 const Layout& layout, float* to);

/// Pixels that are needed soon.
class Prefetches {
 public:
  struct Pixels {
    const float* first;
    int64_t step;  // in floats
  };

  void clear() { begin_ = end_ = 0; }
  void add(const float* first, int64_t step, int64_t count) { ranges_[end_++] = {{first, step}, count}; }

  /// The next `count`, or null.
  Pixels take(int64_t count);

 private:
  struct PixelRange {
    Pixels pixels;
    int64_t count;
  };
  PixelRange ranges_[2];
  int begin_ = 0, end_ = 0;
};

}  // namespace tuna::conv_cpu::many
