// Transposes square blocks in registers.
#pragma once

#include <utility>

#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu {

/// Exchanges the lanes of `a` that have bit Step with those of `b` that have not.
template <int Step, int... Lane>
[[gnu::always_inline]] inline void exchange(Vector& a, Vector& b, std::integer_sequence<int, Lane...>) {
  const Vector low = __builtin_shufflevector(a, b, (Lane & Step ? kLanes + Lane - Step : Lane)...);
  b = __builtin_shufflevector(a, b, (Lane & Step ? kLanes + Lane : Lane + Step)...);
  a = low;
}

/// Exchanges the upper right and the lower left quarter of each block of 2 Step x 2 Step, and so on with half of Step.
template <int Step = kLanes / 2>
[[gnu::always_inline]] inline void transpose_blocks(Vector* rows) {
  TUNA_UNROLL
  for (int i = 0; i < kLanes; ++i)
    if (!(i & Step)) exchange<Step>(rows[i], rows[i + Step], std::make_integer_sequence<int, kLanes>());
  if constexpr (Step > 1) transpose_blocks<Step / 2>(rows);
}

/// to[j, i] = from[i, j], of kPanel x kPanel; the strides are those of rows.
inline void transpose_panel(const float* from, int64_t from_row, float* to, int64_t to_row) {
  for (int64_t i = 0; i < kPanel; i += kLanes)
    for (int64_t j = 0; j < kPanel; j += kLanes) {
      Vector rows[kLanes];
      TUNA_UNROLL
      for (int r = 0; r < kLanes; ++r) rows[r] = load(from + (i + r) * from_row + j);
      transpose_blocks(rows);
      TUNA_UNROLL
      for (int r = 0; r < kLanes; ++r) store(to + (j + r) * to_row + i, rows[r]);
    }
}

}  // namespace tuna::conv_cpu
