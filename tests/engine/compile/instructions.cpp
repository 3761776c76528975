#include "kernels/geometry/concatenate.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

CompiledProgram instructions_of(TestDraft& test) {
  place_values(*test);
  prepare_kernels(*test);
  plan_memory(*test);
  bind_memory(*test);
  return make_instructions(std::move(*test));
}

Names instruction_names(const CompiledProgram& program) {
  Names names;
  for (const Instruction& each : program.instructions) names.push_back(each.name);
  return names;
}

}  // namespace

TEST_CASE("aliases have no instruction; a state that is not computed in place is stored at the end",
          "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {2, 1, 1, 1});
  const Tensor state = program.state("s", kScalar, Initial::constant(1)),
               other = program.state("other", kScalar, Initial::constant(1));
  program.store(state, mse_to(relu(split(x, {1, 1})[1]), 0));
  program.store(other, 2 * other);
  TestDraft test(program);
  const CompiledProgram compiled = instructions_of(test);
  CHECK(instruction_names(compiled) == Names{"relu", "mse", "scale", "store"});
  CHECK(compiled.instructions.back().scope == "s");
  CHECK(compiled.instructions.back().bytes == 2 * sizeof(float));
  CHECK(compiled.inputs.at("x").type == x.type());
  CHECK(compiled.outputs.empty());
}

TEST_CASE("an instruction frees the memory that it is the last to read", "[engine][compile]") {
  Program program;
  const Tensor hidden = tanh(program.input("x", {1, 1, 1, 3}));
  program.output("y", mse_to(hidden, 0));
  for (const bool poison : {true, false}) {
    CompileOptions options;
    options.poison_freed_memory = poison;
    TestDraft test(program, options);
    const CompiledProgram compiled = instructions_of(test);
    REQUIRE(compiled.instructions.size() == 2);
    CHECK(compiled.instructions[0].freed.empty());
    REQUIRE(compiled.instructions[1].freed.size() >= size_t(poison));
    if (poison) CHECK(compiled.instructions[1].freed[0].memory == compiled.instructions[0].args.out[0].memory);
  }
}

}  // namespace tuna
