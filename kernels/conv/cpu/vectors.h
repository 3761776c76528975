// Vectors of f32, as wide as the target's registers, by the vector extensions of GCC and clang.
#pragma once

#include <cstdint>
#include <cstring>

// Loops with arrays of vectors must be unrolled, so that the arrays are registers.
#ifdef __clang__
#define TUNA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TUNA_UNROLL _Pragma("GCC unroll 32")
#endif

namespace tuna::conv_cpu {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

using Vector = float __attribute__((vector_size(4 * kLanes)));

/// Channels are handled in panels of this size on every machine, so layouts are the same on all.
constexpr int64_t kPanel = 16;

/// Floats between rows, or planes, so that they do not compete for lines of a cache if their size is a power of two.
constexpr int64_t kSkew = 16;

// Copies, as addresses are aligned to floats only; they compile to single instructions.
[[gnu::always_inline]] inline Vector load(const float* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

[[gnu::always_inline]] inline void store(float* to, const Vector& vector) { std::memcpy(to, &vector, sizeof vector); }

}  // namespace tuna::conv_cpu
