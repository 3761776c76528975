#include "kernels/loss/mse.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {

TEST_CASE("steps that no output and no state needs are removed", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 2}), state = program.state("s", kScalar, Initial::constant(1));
  tanh(relu(x));
  program.output("y", 2 * relu(x));
  const Tensor replaced = mse_to(x, 1);
  program.store(state, replaced);
  program.store(state, mse_to(x, 0));  // the last value stored is the one that is kept
  TestDraft test(program);
  keep_needed(*test);
  CHECK(op_names(*test) == Names{"relu", "scale", "mse"});
  CHECK(test->steps.back().out[0] == program.latest(state).id);
}

TEST_CASE("a program without outputs and stored states has no needed steps", "[engine][compile]") {
  Program program;
  program.state("s", kScalar, Initial::constant(1));
  relu(program.input("x", {1, 1, 1, 2}));
  TestDraft test(program);
  keep_needed(*test);
  CHECK(op_names(*test).empty());
}

}  // namespace tuna
