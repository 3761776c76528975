#include "kernels/conv/cpu/microkernel.h"

#include <array>
#include <utility>

#include "kernels/conv/cpu/parts.h"

namespace tuna::conv_cpu {
namespace {

constexpr int kVectors = kPanel / kLanes;  // of a row

template <int Rows>
void multiply_rows(const Product& p) {
  // Addresses of rows in groups of four: one register and multiples of the stride, where one each would not fit.
  constexpr int kGroup = 4, kGroups = (Rows + kGroup - 1) / kGroup;
  const float* a[kGroups];
  TUNA_UNROLL
  for (int g = 0; g < kGroups; ++g) a[g] = p.a + g * kGroup * p.a_row;
  const float *b = p.b, *next = p.next;
  const int64_t a_row = p.a_row, a_column = p.a_column, b_row = p.b_row, next_step = p.next_step;

  Vector sum[Rows][kVectors] = {};
  for (int64_t k = 0; k < p.depth; ++k) {
    Vector of_b[kVectors];
    TUNA_UNROLL
    for (int j = 0; j < kVectors; ++j) of_b[j] = load(b + j * kLanes);
    __builtin_prefetch(next);
    TUNA_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const float factor = a[i / kGroup][i % kGroup * a_row];
      TUNA_UNROLL
      for (int j = 0; j < kVectors; ++j) sum[i][j] += factor * of_b[j];
    }
    TUNA_UNROLL
    for (int g = 0; g < kGroups; ++g) a[g] += a_column;
    b += b_row;
    next += next_step;
  }

  const bool add = p.add;
  float* c = p.c;
  const int64_t c_row = p.c_row;
  TUNA_UNROLL
  for (int i = 0; i < Rows; ++i) {
    TUNA_UNROLL
    for (int j = 0; j < kVectors; ++j) {
      float* to = c + i * c_row + j * kLanes;
      store(to, add ? load(to) + sum[i][j] : sum[i][j]);
    }
  }
}

template <size_t... I>
constexpr auto by_rows(std::index_sequence<I...>) {
  return std::array<void (*)(const Product&), sizeof...(I)>{multiply_rows<I + 1>...};
}

}  // namespace

void multiply(int64_t rows, const Product& product) {
  static constexpr auto kByRows = by_rows(std::make_index_sequence<kRows>());
  kByRows[size_t(rows - 1)](product);
}

void multiply_panels(int64_t rows, int64_t columns, const Product& first, int64_t b_panel) {
  const int64_t groups = parts_of_at_most(rows, kRows);
  for (int64_t panel = 0; panel < columns / kPanel; ++panel)
    for (int64_t group = 0; group < groups; ++group) {
      const Range part = part_of(rows, group, groups);
      Product product = first;
      product.a += part.begin * first.a_row;
      product.b += panel * b_panel;
      product.next += panel * b_panel;
      product.c += part.begin * first.c_row + panel * kPanel;
      multiply(part.size(), product);
    }
}

}  // namespace tuna::conv_cpu
