#include "engine/compile/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/runtime/device.h"

namespace tuna {

MemoryPlan plan_memory(const std::vector<Lifetime>& lifetimes, bool reuse) {
  const auto rounded = [&](size_t i) { return align_up(lifetimes[i].bytes); };
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rounded(a) > rounded(b); });

  MemoryPlan plan;
  plan.offset.assign(lifetimes.size(), 0);
  std::vector<size_t> placed;
  std::vector<std::pair<size_t, size_t>> busy;  // [begin, end) of what lives at the same time
  for (const size_t i : order) {
    busy.clear();
    for (const size_t other : placed)
      if (!reuse || (lifetimes[other].first <= lifetimes[i].last && lifetimes[i].first <= lifetimes[other].last))
        busy.emplace_back(plan.offset[other], plan.offset[other] + rounded(other));
    std::sort(busy.begin(), busy.end());
    size_t place = 0;
    for (const auto& [begin, end] : busy) {
      if (place + rounded(i) <= begin) break;
      place = std::max(place, end);
    }
    plan.offset[i] = place;
    plan.bytes = std::max(plan.bytes, place + rounded(i));
    plan.without_reuse += rounded(i);
    placed.push_back(i);
  }
  return plan;
}

}  // namespace tuna
