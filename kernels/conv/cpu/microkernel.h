// The product of small matrices in registers, on which own convolutions run.
#pragma once

#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu {

/// c[rows, kPanel] = or += a[rows, depth] b[depth, kPanel].  c and b have unit column stride.
struct Product {
  const float* a;
  int64_t a_row, a_column;  // strides
  const float* b;
  int64_t b_row;
  int64_t depth;
  float* c;
  int64_t c_row;
  bool add = false;
  const float* next;  // memory that is needed soon: step k of `depth` prefetches next + k * next_step
  int64_t next_step;
};

/// The most rows of a product, such that c, a row of b and an element of a fit the registers.
#if defined(__AVX512F__)
constexpr int64_t kRows = 24;  // and 1 vector of b, of 32 registers; a is a memory operand
#elif defined(__AVX__)
constexpr int64_t kRows = 6;  // of 2 vectors; 2 of b and 1 of a, of 16 registers
#else
constexpr int64_t kRows = 2;  // of 4 vectors; 4 of b and 1 of a, of 16 registers
#endif

/// Any order of the sums over k would do: it is ascending, in one sum, so bits do not depend on `rows`.
void multiply(int64_t rows, const Product& product);

/// The same for any number of rows and of whole panels of columns.  Panels of b, and what is prefetched for them, begin
/// b_panel floats after each other.
void multiply_panels(int64_t rows, int64_t columns, const Product& first, int64_t b_panel);

}  // namespace tuna::conv_cpu
