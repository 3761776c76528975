// The two sides of a convolution, of which one has few channels, and windows of that one as rows of a matrix.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/parts.h"

namespace tuna::conv_cpu::few {

constexpr int64_t kFew = 4, kSmallestKernel = 3, kLargestKernel = 7, kLargestStride = 2;

/// Pixel (i, j) of `many` meets the window of pixels (i * stride - padding + u, j * stride - padding + v) of `few`,
/// 0 <= u, v < kernel.  If x has the few channels, these are y and x.  If y has them, they are x and y: as y[i] is the
/// sum of x[i - p + u] weight[u], x[i] meets y[i - (kernel - 1 - p) + u] with weight[kernel - 1 - u].
struct Sides {
  Shape few, many;
  int64_t kernel, stride, padding;
  bool few_is_output;

  explicit Sides(const ConvProblem& problem);

  /// Elements of a window lie in the order v, u, channel: those of a column of pixels next to each other.
  int64_t column() const { return kernel * few.c; }
  int64_t window() const { return kernel * column(); }

  /// The columns of `few` that a number of neighbours in a row of `many` meet.
  int64_t columns(int64_t pixels) const { return (pixels - 1) * stride + kernel; }

  /// The index in the weight [O, kernel, kernel, C] of what an element of a window and a channel of `many` share.
  int64_t in_weight(int64_t element, int64_t channel) const;
};

/// Rows of `many` are computed in blocks of pixels, whose windows and products stay in the first cache or the second.
constexpr int64_t kMostPixels = 72;
constexpr int64_t kMostColumn = kLargestKernel * kFew;
constexpr int64_t kStripFloats = ((kMostPixels - 1) * kLargestStride + kLargestKernel) * kMostColumn + kLanes;

/// The columns of `few` that `pixels` of row `row` of `many` (counted through all samples) meet, next to each other:
/// the window of each pixel is contiguous, and begins stride * column() floats after that of the one before.
void gather_windows(const Sides& sides, const float* few, int64_t row, Range pixels, float* strip);

}  // namespace tuna::conv_cpu::few
