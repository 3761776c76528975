#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

int storage_of(const TestDraft& test, Tensor value) { return test.draft.places[value.id].storage; }

}  // namespace

TEST_CASE("an op overwrites its input if it is the last to read it", "[engine][compile]") {
  for (const bool reuse : {true, false}) {
    Program program;
    const Tensor x = program.input("x", {1, 1, 1, 8}), y = 2 * x, once = relu(y), z = once + y;
    program.output("z", relu(z));
    CompileOptions options;
    options.reuse_memory = reuse;
    TestDraft test(program, options);
    place_values(*test);
    CHECK(storage_of(test, y) != storage_of(test, x));     // an input keeps its values
    CHECK(storage_of(test, once) != storage_of(test, y));  // a later step reads y
    CHECK((test->places[test->outputs.at("z")].storage == storage_of(test, z)) == reuse);
  }
}

TEST_CASE("a storage lives from the step that computes its first value to the last that reads any",
          "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 8}), y = 2 * x, sum = y + x;
  program.output("z", relu(sum) + y);
  TestDraft test(program);
  place_values(*test);
  const Storage& input = test->storages[size_t(storage_of(test, x))];
  const Storage& storage = test->storages[size_t(storage_of(test, y))];
  CHECK((input.first == 0 && input.last == 4));  // until after the last step: the next run may read it
  CHECK((storage.first == 0 && storage.last >= 3));
}

TEST_CASE("a part of a value is in that value's memory", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {3, 1, 1, 2});
  const Tensors parts = split(2 * x, {1, 2});
  program.output("second", parts[1]);
  TestDraft test(program);
  place_values(*test);
  CHECK(storage_of(test, parts[1]) == storage_of(test, parts[0]));
  CHECK(test->places[parts[1].id].offset == 2 * sizeof(float));
  CHECK(test->storages[size_t(storage_of(test, parts[1]))].last == 2);  // after the two steps
}

TEST_CASE("each version of a state is in the state's memory", "[engine][compile]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  program.store(state, 2 * program.latest(state));
  program.store(state, 3 * program.latest(state));
  TestDraft test(program);
  place_values(*test);
  CHECK(storage_of(test, program.latest(state)) == storage_of(test, state));
  CHECK(test->storages[size_t(storage_of(test, state))].outside == test.state.ensure(program.states()[0]).memory);
}

}  // namespace tuna
