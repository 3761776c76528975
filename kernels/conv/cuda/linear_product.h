// A fully connected layer and its two gradients as one matrix product each, in the column-major convention of BLAS.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace tuna {

/// c[m, n] = op(a)[m, k] * op(b)[k, n], where column j of c begins at c + j * ldc, likewise a and b; op transposes.
struct LinearProduct {
  bool transpose_a, transpose_b;
  int m, n, k;
  const float* a;
  int lda;
  const float* b;
  int ldb;
  float* c;
  int ldc;
};

/// Whether a convolution is a linear layer: 1x1 on images of one pixel.
inline bool is_linear(const ConvProblem& p) {
  return p.height == 1 && p.width == 1 && p.kernel_height == 1 && p.kernel_width == 1 && p.padding == 0;
}

/// x [N, C], weight [O, C], y [N, O] are row-major, which is the transpose in BLAS.
inline LinearProduct linear_product(ConvDirection direction, const ConvProblem& p, const Args& args) {
  const ConvMemory memory = conv_memory(direction, args);
  float *x = static_cast<float*>(memory.x), *weight = static_cast<float*>(memory.weight),
        *y = static_cast<float*>(memory.y);
  const int samples = int(p.samples), in = int(p.channels), out = int(p.out_channels);
  switch (direction) {
    case ConvDirection::forward:  // y^T = weight x^T
      return {true, false, out, samples, in, weight, in, x, in, y, out};
    case ConvDirection::backward_data:  // dx^T = weight^T dy^T
      return {false, false, in, samples, out, weight, in, y, out, x, in};
    default:  // dweight^T = x^T dy
      return {false, true, in, out, samples, x, in, y, out, weight, in};
  }
}

}  // namespace tuna
