// Memory by lifetime: what is not needed at the same time shares a place.
#pragma once

#include <cstddef>
#include <vector>

namespace tuna {

/// Something that needs memory from step `first` to step `last`, both included.
struct Lifetime {
  size_t bytes = 0;
  int first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<size_t> offset;  // one per lifetime, each on a border (device.h)
  size_t bytes = 0;            // of the whole block
  size_t without_reuse = 0;
};

/// Largest first, each at the lowest place that is free for as long as it lives.  Without `reuse` nothing shares.
MemoryPlan plan_memory(const std::vector<Lifetime>& lifetimes, bool reuse = true);

}  // namespace tuna
