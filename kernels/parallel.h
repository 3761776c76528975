// How the cpu kernels share work between threads: in chunks whose boundaries depend on the problem alone, so that sums
// over chunks are the same bits with any number of threads.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace tuna {

constexpr int64_t kElementsPerChunk = 16384;  // 64 KiB of f32: some microseconds of work, more than a wake-up costs

/// Runs body(begin, end) over 0 ... count - 1 in chunks of `chunk`.
template <class Body>
void parallel_chunks(int64_t count, int64_t chunk, Body body) {
  const int64_t chunks = (count + chunk - 1) / chunk;
  if (chunks <= 1) {
    if (count > 0) body(int64_t(0), count);
    return;
  }
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < chunks; ++i) body(i * chunk, std::min(count, (i + 1) * chunk));
}

/// Runs body(i) for each of `count` items that cost about `cost` elements each.
template <class Body>
void parallel_items(int64_t count, int64_t cost, Body body) {
  const int64_t chunk = std::max<int64_t>(1, kElementsPerChunk / std::max<int64_t>(1, cost));
  parallel_chunks(count, chunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

}  // namespace tuna
