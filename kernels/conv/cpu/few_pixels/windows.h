// Windows of the pixels of y as rows of a matrix, for convolutions between many channels over few pixels.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu::windows {

/// What one pixel of y reads of x, [kernel height, kernel width, channels], as in a row of the weight.  With a matrix
/// of the windows of all pixels of y,
///     y = windows weight^T,   dwindows = dy weight,   dweight = dy^T windows.
struct Windows {
  ConvProblem p;

  int64_t pixels() const { return p.samples * p.out_height * p.out_width; }
  int64_t size() const { return p.kernel_height * p.kernel_width * p.channels; }
  int64_t row() const { return size() + kSkew; }  // from one to the next
  int64_t floats() const { return pixels() * row(); }
};

/// Copies the windows of x; zeros where they lie outside.
void gather(const Windows& windows, const float* x, float* to);

/// Adds gradients of windows up to those of x.
void scatter(const Windows& windows, const float* gradients, float* dx);

}  // namespace tuna::conv_cpu::windows
