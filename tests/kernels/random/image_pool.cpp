#include "kernels/random/image_pool.h"

#include <cmath>
#include <map>

#include "engine/compile/compile.h"
#include "tests/catch.h"
#include "tests/gpu.h"

namespace tuna {

static void check_pool(const Device& device) {
  Program program;
  const Tensor pool = program.state("pool", Type{DType::f32, {2, 1, 1, 1}}, Initial::constant(0));
  const Tensor decisions = program.input("decisions", Type{DType::i32, {3, 1, 1, 2}});
  const Tensor go = program.input("go", Type{DType::i32, {1, 1, 1, 1}});
  const Pooled pooled = image_pool(program.input("images", {3, 1, 1, 1}), program.latest(pool), decisions, go);
  program.store(pool, pooled.pool);
  program.output("seen", pooled.images);
  State state(0, device);
  Executable executable = compile(program, device, state);
  const auto run = [&](std::initializer_list<float> images, std::vector<int32_t> given, int32_t may_store = 1) {
    executable.set("go", std::span<const int32_t>(&may_store, 1));
    executable.set("images", images);
    executable.set("decisions", std::span<const int32_t>(given));
    executable.run();
    std::vector<double> found = executable.get("seen").values();
    for (const double stored : state.read("pool").values()) found.push_back(stored);
    return found;
  };
  CHECK(run({1, 2, 3}, {0, kPoolFill, 1, kPoolFill, 0, kPoolExchange}) == std::vector<double>{1, 2, 1, 3, 2});
  CHECK(run({4, 5, 6}, {1, kPoolExchange, 0, kPoolPass, 1, kPoolExchange}) == std::vector<double>{2, 5, 4, 3, 6});
  CHECK(run({7, 8, 9}, {0, kPoolFill, 1, kPoolExchange, 1, kPoolExchange}, 0) == std::vector<double>{7, 6, 6, 3, 6});
  if (runtime(device).has_discrete_memory()) {  // kernels there cannot throw
    for (const std::vector<int32_t>& decisions :
         {std::vector<int32_t>{2, kPoolExchange, 0, 0, 0, 0}, std::vector<int32_t>{0, 3, 0, 0, 0, 0}}) {
      const std::vector<double> found = run({7, 8, 9}, decisions);
      CHECK(std::isnan(found[0]));
      CHECK(std::vector<double>(found.begin() + 1, found.end()) == std::vector<double>{8, 9, 3, 6});
    }
    return;
  }
  REQUIRE_THROWS_WITH(run({7, 8, 9}, {2, kPoolExchange, 0, 0, 0, 0}), Contains("slot 2 of 2"));
  REQUIRE_THROWS_WITH(run({7, 8, 9}, {0, 3, 0, 0, 0, 0}), Contains("mode 3"));
}

TEST_CASE("the pool returns the images that were stored", "[image_pool]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) check_pool(device);
}

TEST_CASE("the pool on a GPU returns the images that were stored", "[image_pool][gpu]") {
  if (!no_gpu()) check_pool(Device::cuda());
}

TEST_CASE("pool decisions fill the pool and then exchange half of the images", "[image_pool]") {
  constexpr int64_t kSize = 5, kBatch = 2, kSteps = 5000;
  std::map<int32_t, int> modes, slots;
  for (int64_t step = 0; step < kSteps; ++step) {
    const std::vector<int32_t> decisions = pool_decisions(3, "pool_A", step, kBatch, kSize);
    REQUIRE(decisions.size() == 2 * kBatch);
    CHECK(decisions == pool_decisions(3, "pool_A", step, kBatch, kSize));
    for (int64_t n = 0; n < kBatch; ++n) {
      const int32_t slot = decisions[size_t(2 * n)], mode = decisions[size_t(2 * n + 1)];
      if (step * kBatch + n < kSize) {
        CHECK(slot == step * kBatch + n);
        CHECK(mode == kPoolFill);
        continue;
      }
      ++modes[mode];
      if (mode == kPoolExchange) ++slots[slot];
    }
  }
  const double drawn = double(kSteps * kBatch - kSize);
  CHECK(modes.size() == 2);
  CHECK_THAT(modes[kPoolExchange] / drawn, WithinAbs(0.5, 0.02));
  CHECK(slots.size() == kSize);
  for (const auto& [slot, count] : slots) CHECK_THAT(count / drawn, WithinAbs(0.1, 0.02));
  CHECK(pool_decisions(3, "pool_A", 100, 8, kSize) != pool_decisions(3, "pool_P", 100, 8, kSize));
  CHECK(pool_decisions(3, "pool_A", 100, 8, kSize) != pool_decisions(4, "pool_A", 100, 8, kSize));
}

TEST_CASE("a pool of size 0 passes every image through", "[image_pool]") {
  CHECK(pool_decisions(3, "pool_A", 0, 2, 0) == std::vector<int32_t>{0, kPoolPass, 0, kPoolPass});
}

}  // namespace tuna
