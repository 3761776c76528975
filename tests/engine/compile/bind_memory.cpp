#include <algorithm>

#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

void run_until_bound(TestDraft& test) {
  place_values(*test);
  prepare_kernels(*test);
  plan_memory(*test);
  bind_memory(*test);
}

}  // namespace

TEST_CASE("every storage has an address: in the arena, or in the state's memory", "[engine][compile]") {
  Program program;
  const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, 100}}, Initial::constant(3));
  const Tensor x = program.input("x", {1, 1, 1, 100});
  program.output("y", 2 * x + state);
  TestDraft test(program);
  run_until_bound(test);
  REQUIRE(test->addresses.size() == test->storages.size());
  REQUIRE(test->memory.size() == 1);
  const char* arena = static_cast<const char*>(test->memory[0].address());
  for (size_t s = 0; s < test->storages.size(); ++s) {
    const Storage& storage = test->storages[s];
    CHECK(size_t(test->addresses[s]) % kAlignment == 0);
    if (storage.outside) continue;
    CHECK(test->addresses[s] >= arena);
    CHECK(test->addresses[s] + storage.bytes <= arena + test->plan.bytes);
  }
  CHECK(test->view(state.id).memory == test.state.ensure(program.states()[0]).memory);
  CHECK(test->view(state.id).data<float>()[99] == 3);
  const float* input = test->view(x.id).data<float>();
  CHECK(std::all_of(input, input + 100, [](float value) { return value == 0; }));
}

TEST_CASE("memory of a state is not part of the memory plan", "[engine][compile]") {
  const auto planned = [](bool state) {
    Program program;
    const Tensor x = program.input("x", {1, 1, 1, 100});
    program.output("y", 2 * x);
    if (state) program.state("s", Type{DType::f32, {1, 1, 1, 10000}}, Initial::constant(3));
    TestDraft test(program);
    run_until_bound(test);
    return test->plan.without_reuse;
  };
  CHECK(planned(true) == planned(false));
}

}  // namespace tuna
