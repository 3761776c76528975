// Memory by lifetime: values that are not needed at the same time share memory.
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
  std::vector<size_t> offset;  // one per lifetime, each aligned (device.h)
  size_t bytes = 0;            // of the whole block
  size_t without_reuse = 0;
};

/// Largest first, each at the lowest offset that is free during its lifetime.  Without `reuse` no memory is shared.
MemoryPlan plan_memory(const std::vector<Lifetime>& lifetimes, bool reuse = true);

}  // namespace tuna
