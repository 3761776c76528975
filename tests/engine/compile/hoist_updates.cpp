#include "kernels/geometry/concatenate.h"
#include "kernels/optimizer/finite.h"
#include "kernels/optimizer/update_if.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

const Type kWeights{DType::f32, {2, 1, 1, 4}};

Tensor weights(Program& program, const std::string& name) {
  return program.state(name, kWeights, Initial::constant(1));
}

void update(Program& program, Tensor weights, Tensor gradient) {
  program.store(weights, update_if({finite({gradient})}, {gradient}, {program.latest(weights)})[0]);
}

Names hoisted(const Program& program) {
  TestDraft test(program);
  keep_needed(*test);
  hoist_updates(*test);
  place_values(*test);  // an Error if a value is read after it was overwritten
  return op_names(*test);
}

}  // namespace

TEST_CASE("an update is computed as soon as its gradient is there", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", kWeights.shape), first = relu(x), second = tanh(x);
  update(program, weights(program, "a"), first);
  update(program, weights(program, "b"), second);
  CHECK(hoisted(program) == Names{"relu", "finite", "update_if", "tanh", "finite", "update_if"});
}

TEST_CASE("an update waits for the last step that reads what it overwrites", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", kWeights.shape), a = weights(program, "a"), gradient = relu(x);
  program.output("y", tanh(x));
  program.output("z", 2 * a);
  update(program, a, gradient);
  CHECK(hoisted(program) == Names{"relu", "finite", "tanh", "scale", "update_if"});
}

TEST_CASE("an update waits for readers of a part of what it overwrites", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", kWeights.shape), a = weights(program, "a"), gradient = relu(x);
  const Tensor part = split(a, {1, 1})[1];
  program.output("y", tanh(part));
  update(program, a, gradient);
  const Names names = hoisted(program);
  CHECK(std::find(names.begin(), names.end(), "tanh") + 1 == names.end() - 1);
  CHECK(names.back() == "update_if");
}

TEST_CASE("steps that others than updates read keep their order", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", kWeights.shape), first = relu(x), second = tanh(x), third = 2 * first;
  program.output("y", second + third);
  update(program, weights(program, "a"), third);
  CHECK(hoisted(program) == Names{"relu", "tanh", "scale", "finite", "update_if", "add"});
}

TEST_CASE("versions of a state follow each other", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", kWeights.shape), a = weights(program, "a"), first = relu(x);
  update(program, a, first);
  program.output("y", tanh(program.latest(a)));
  update(program, a, 2 * x);
  CHECK(hoisted(program) == Names{"relu", "finite", "update_if", "tanh", "scale", "finite", "update_if"});
}

}  // namespace tuna
