#include "engine/program/autograd.h"
#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {

TEST_CASE("another name of a whole value is that value, for steps, outputs and states", "[engine][compile]") {
  Program program;
  const Tensor state = program.state("s", kScalar, Initial::constant(1));
  const Tensor x = program.input("x", {1, 1, 1, 1}), y = 2 * x;
  program.output("relu", relu(stop_gradient(stop_gradient(y))));
  program.output("y", stop_gradient(y));
  program.store(state, stop_gradient(y));
  TestDraft test(program);
  remove_whole_aliases(*test);
  CHECK(op_names(*test) == Names{"scale", "relu"});
  CHECK(test->steps[1].in == std::vector<uint32_t>{y.id});
  CHECK(test->outputs.at("y") == y.id);
  CHECK(test->states[0].last == y.id);
}

TEST_CASE("parts of a value stay aliases, except a part that is all of it, which is that value", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {3, 1, 1, 1});
  const Tensors parts = split(x, {1, 2});
  program.output("first", relu(parts[0]));
  program.output("second", relu(parts[1]));
  program.output("all", relu(record(Split({3}), {x})[0]));
  TestDraft test(program);
  remove_whole_aliases(*test);
  CHECK(op_names(*test) == Names{"split", "relu", "relu", "relu"});
  CHECK(test->steps[3].in == std::vector<uint32_t>{x.id});
}

}  // namespace tuna
