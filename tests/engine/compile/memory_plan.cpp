#include "engine/compile/memory_plan.h"

#include <algorithm>

#include "engine/base/random.h"
#include "engine/runtime/device.h"
#include "tests/catch.h"

namespace tuna {
namespace {

std::vector<Lifetime> random_lifetimes(uint32_t sample) {
  Random random(1, "lifetimes", 0, sample);
  std::vector<Lifetime> lifetimes(1 + random.below(80));
  for (Lifetime& lifetime : lifetimes) {
    lifetime.first = int(random.below(40));
    lifetime.last = lifetime.first + int(random.below(12));
    lifetime.bytes = random.below(4) == 0 ? random.below(3) : 1 + random.below(5000);
  }
  return lifetimes;
}

bool at_the_same_time(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

TEST_CASE("values that live at the same time never share memory", "[engine][plan]") {
  for (uint32_t sample = 0; sample < 300; ++sample) {
    const std::vector<Lifetime> lifetimes = random_lifetimes(sample);
    for (const bool reuse : {true, false}) {
      const MemoryPlan plan = plan_memory(lifetimes, reuse);
      REQUIRE(plan.offset.size() == lifetimes.size());
      size_t collisions = 0, outside = 0, crooked = 0;
      for (size_t i = 0; i < lifetimes.size(); ++i) {
        const size_t end = plan.offset[i] + lifetimes[i].bytes;
        crooked += plan.offset[i] % kAlignment != 0;
        outside += end > plan.bytes;
        for (size_t j = 0; j < i; ++j)
          collisions += (!reuse || at_the_same_time(lifetimes[i], lifetimes[j])) && plan.offset[j] < end
                        && plan.offset[i] < plan.offset[j] + lifetimes[j].bytes;
      }
      INFO("sample " << sample << ", reuse " << reuse);
      CHECK(collisions == 0);
      CHECK(outside == 0);
      CHECK(crooked == 0);
      CHECK(plan.bytes <= plan.without_reuse);
    }
    CHECK(plan_memory(lifetimes, false).bytes == plan_memory(lifetimes, true).without_reuse);
  }
}

TEST_CASE("memory of dead values is reused", "[engine][plan]") {
  // A chain, each value read by the next step only, needs two places; a long-lived value next to it has its own.
  const std::vector<Lifetime> lifetimes = {{1024, 0, 1}, {1024, 1, 2}, {1024, 2, 3}, {1024, 3, 4}, {256, 0, 4}};
  const MemoryPlan plan = plan_memory(lifetimes);
  CHECK(plan.bytes == 2 * 1024 + 256);
  CHECK(plan.without_reuse == 4 * 1024 + 256);
  CHECK(plan.offset[0] == plan.offset[2]);
  CHECK(plan.offset[1] == plan.offset[3]);
}

TEST_CASE("both ends of a lifetime belong to it", "[engine][plan]") {
  const MemoryPlan touching = plan_memory({{64, 0, 3}, {64, 3, 5}});
  CHECK(touching.offset[0] != touching.offset[1]);
  const MemoryPlan apart = plan_memory({{64, 0, 3}, {64, 4, 5}});
  CHECK(apart.offset[0] == apart.offset[1]);
}

TEST_CASE("a gap between live values is used if it is large enough", "[engine][plan]") {
  // The two largest are adjacent; the first dies, and the later values fit into its place.
  const std::vector<Lifetime> lifetimes = {{512, 0, 1}, {512, 0, 5}, {256, 2, 5}, {256, 3, 5}};
  CHECK(plan_memory(lifetimes).bytes == 512 + 512);
}

TEST_CASE("a plan of nothing is empty", "[engine][plan]") {
  const MemoryPlan plan = plan_memory({});
  CHECK((plan.bytes == 0 && plan.without_reuse == 0 && plan.offset.empty()));
}

}  // namespace tuna
