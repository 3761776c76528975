// A small matrix product for the inner loops of convolutions: C += A * B in f32, row-major, on one thread.
#pragma once

#include <cstdint>

namespace tuna::conv_cpu {

/// A matrix whose element (i, j) is at data[i * row + j * column].
struct Strided {
  const float* data;
  int64_t row, column;
};

namespace matrix_product_detail {

constexpr int kRows = 6, kColumns = 32;  // of C, held in registers: 12 of AVX-512's 32, 24 of AVX2's 16 (some spill)

template <int Rows>
inline void tile(int64_t inner, Strided a, const float* b, int64_t b_row, float* c, int64_t c_row) {
  float sum[Rows][kColumns];
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < kColumns; ++j) sum[i][j] = c[i * c_row + j];
  for (int64_t k = 0; k < inner; ++k)
    for (int i = 0; i < Rows; ++i) {
      const float factor = a.data[i * a.row + k * a.column];
#pragma omp simd
      for (int j = 0; j < kColumns; ++j) sum[i][j] += factor * b[k * b_row + j];
    }
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < kColumns; ++j) c[i * c_row + j] = sum[i][j];
}

inline void edge(int64_t rows, int64_t columns, int64_t inner, Strided a, const float* b, int64_t b_row, float* c,
                 int64_t c_row) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t k = 0; k < inner; ++k) {
      const float factor = a.data[i * a.row + k * a.column];
      for (int64_t j = 0; j < columns; ++j) c[i * c_row + j] += factor * b[k * b_row + j];
    }
}

}  // namespace matrix_product_detail

/// c[rows, columns] += a[rows, inner] * b[inner, columns]; b and c have unit column stride.
inline void multiply_add(int64_t rows, int64_t columns, int64_t inner, Strided a, const float* b, int64_t b_row,
                         float* c, int64_t c_row) {
  using namespace matrix_product_detail;
  int64_t j = 0;
  for (; j + kColumns <= columns; j += kColumns) {
    int64_t i = 0;
    for (; i + kRows <= rows; i += kRows)
      tile<kRows>(inner, {a.data + i * a.row, a.row, a.column}, b + j, b_row, c + i * c_row + j, c_row);
    for (; i < rows; ++i) tile<1>(inner, {a.data + i * a.row, a.row, a.column}, b + j, b_row, c + i * c_row + j, c_row);
  }
  if (j < columns) edge(rows, columns - j, inner, a, b + j, b_row, c + j, c_row);
}

}  // namespace tuna::conv_cpu
