#include <map>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "kernels/geometry/concatenate.h"
#include "kernels/loss/l1.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/cast.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "kernels/random/image_pool.h"
#include "kernels/random/random_tensor.h"
#include "models/module.h"
#include "models/resnet.h"
#include "models/resnet_generator.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

Names left_of(const Program& program) {
  TestDraft test(program);
  keep_needed(*test);
  remove_whole_aliases(*test);
  remove_common_subexpressions(*test);
  return op_names(*test);
}

struct Result {
  std::map<std::string, std::vector<std::byte>> outputs;
  size_t instructions = 0;
};

// Returns outputs and states after two runs on the cpu.
Result run(const std::function<void(Program&)>& record, bool common_subexpressions) {
  Program program;
  record(program);
  State state(1, Device::cpu());
  CompileOptions options;
  options.common_subexpressions = common_subexpressions;
  Executable executable = compile(program, Device::cpu(), state, options);
  for (const auto& [name, id] : program.inputs()) {
    Random random(1, name);
    HostTensor values(executable.input(name).type);
    if (values.type().dtype == DType::f32)
      for (float& value : values.as<float>()) value = float(random.normal());
    executable.set(name, values);
  }
  for (int run = 0; run < 2; ++run) executable.run();
  Result result;
  result.instructions = executable.instructions().size();
  for (const auto& [name, id] : program.outputs()) result.outputs[name] = executable.get(name).bytes();
  for (const std::string& name : state.names()) result.outputs["state " + name] = state.read(name).bytes();
  return result;
}

// Returns how many instructions the pass removes.
size_t check_same_bits(const std::function<void(Program&)>& record) {
  const Result with = run(record, true), without = run(record, false);
  CHECK(with.outputs == without.outputs);
  CHECK(with.instructions <= without.instructions);
  return without.instructions - with.instructions;
}

}  // namespace

TEST_CASE("equal ops of equal inputs are one step, also at the end of equal chains", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 4});
  program.output("a", tanh(2 * relu(x)));
  program.output("b", tanh(2 * relu(x)));
  program.output("c", tanh(3 * relu(x)));
  CHECK(left_of(program) == Names{"relu", "scale", "tanh", "scale", "tanh"});
}

TEST_CASE("the order of inputs counts, and other inputs are others", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 4}), y = program.input("y", {1, 1, 1, 4});
  program.output("a", x + y);
  program.output("b", y + x);
  program.output("c", relu(x));
  program.output("d", relu(y));
  CHECK(left_of(program).size() == 4);
}

TEST_CASE("a value under another name is the same value, and equal parts are one alias", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {2, 1, 1, 4});
  program.output("a", relu(x));
  program.output("b", relu(stop_gradient(x)));
  program.output("c", tanh(split(x, {1, 1})[1]));
  program.output("d", tanh(split(stop_gradient(x), {1, 1})[1]));
  CHECK(left_of(program) == Names{"relu", "split", "tanh"});
}

TEST_CASE("random numbers of one counter and stream are the same", "[engine][compile]") {
  Program program;
  const Tensor counter = program.input("counter", Type{DType::i32, {1, 1, 1, 2}});
  program.output("a", random_normal(program, {1, 1, 1, 4}, counter, "noise"));
  program.output("b", random_normal(program, {1, 1, 1, 4}, counter, "noise"));
  program.output("c", random_normal(program, {1, 1, 1, 4}, counter, "other noise"));
  program.output("d", random_uniform(program, {1, 1, 1, 4}, counter, "noise"));
  CHECK(left_of(program).size() == 3);
}

TEST_CASE("each version of a state is another value", "[engine][compile]") {
  const auto record = [](Program& program) {
    const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, 4}}, Initial::normal(0, 1));
    program.output("before", tanh(program.latest(state)));
    program.output("before, too", tanh(program.latest(state)));
    program.store(state, 2 * program.latest(state));
    program.output("after", tanh(program.latest(state)));
  };
  Program program;
  record(program);
  CHECK(left_of(program) == Names{"tanh", "scale", "tanh"});
  CHECK(check_same_bits(record) == 1);
}

TEST_CASE("a state's next version is computed by its own step, in the state's memory", "[engine][compile]") {
  SECTION("after an equal step that only reads") {
    const auto record = [](Program& program) {
      const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, 4}}, Initial::normal(0, 1));
      const Tensor doubled = 2 * program.latest(state);
      program.output("sum", doubled + tanh(state));
      program.store(state, 2 * program.latest(state));
    };
    CHECK(check_same_bits(record) == 0);
  }
  SECTION("before an equal step whose value outlives that version") {
    const auto record = [](Program& program) {
      const Tensor state = program.state("s", Type{DType::f32, {1, 1, 1, 4}}, Initial::normal(0, 1));
      const Tensor doubled = 2 * state;
      program.output("doubled", doubled);
      program.store(state, 2 * state);
      program.store(state, 3 * program.latest(state));
    };
    CHECK(check_same_bits(record) == 0);
  }
}

TEST_CASE("two pools of the same images stay two", "[engine][compile]") {
  const auto record = [](Program& program) {
    const Tensor images = program.input("images", {1, 2, 2, 1}),
                 go = program.input("go", Type{DType::i32, {1, 1, 1, 1}});
    for (const char* name : {"a", "b"}) {
      const Tensor pool = program.state(name, Type{DType::f32, {2, 2, 2, 1}}, Initial::constant(0));
      const Pooled pooled =
          image_pool(images, program.latest(pool),
                     program.input(std::string(name) + " decisions", Type{DType::i32, {1, 1, 1, 2}}), go);
      program.store(pool, pooled.pool);
      program.output(std::string(name) + " shown", pooled.images);
    }
  };
  CHECK(check_same_bits(record) == 0);
}

TEST_CASE("a value that is recomputed for a gradient is not kept from the forward pass on instead",
          "[engine][compile]") {
  Program program(DType::bf16);
  const Tensor x = program.input("x", {1, 1, 1, 4}), widened = to_accumulation_type(relu(to_activation(x)));
  program.output("dx", gradients(mse_to(widened, 0), {x})[0]);
  TestDraft test(program);
  keep_needed(*test);
  const auto recomputes = [](const Step& step) { return step.recomputes; };
  REQUIRE(std::count_if(test->steps.begin(), test->steps.end(), recomputes) == 1);
  const size_t needed = test->steps.size();
  remove_common_subexpressions(*test);
  CHECK(test->steps.size() == needed);
}

TEST_CASE("a network recorded twice, once with frozen parameters, runs forward once", "[engine][compile]") {
  const auto record = [](Program& program) {
    const ResNet net(program, "net", {1, 2, 18, 2});
    const Tensor x = program.input("x", {1, 24, 20, 1});
    const Tensor learning = net(x, BatchNormMode::frozen).logits;
    program.set_requires_grad(false);
    const Tensor frozen = net(x, BatchNormMode::frozen).logits;
    Tensors wrt = program.states("net.", Role::parameter);
    wrt.push_back(x);
    const Tensor loss = l1(learning, program.input("target", learning.shape())) + mse_to(frozen, 1);
    const Tensors found = gradients(loss, wrt);
    for (size_t i = 0; i < found.size(); ++i) program.output(std::to_string(i), found[i]);
    program.output("learning", learning);
    program.output("frozen", frozen);
  };
  Program once;
  once.output("y", ResNet(once, "net", {1, 2, 18, 2})(once.input("x", {1, 24, 20, 1}), BatchNormMode::frozen).logits);
  State state(0, Device::cpu());
  const Executable forward = compile(once, Device::cpu(), state);
  size_t steps = 0;
  for (const Instruction& each : forward.instructions()) steps += each.name.compare(0, 5, "pack ") != 0;
  CHECK(check_same_bits(record) >= steps);
}

TEST_CASE("a generator and its gradients have the same bits with common subexpressions and without",
          "[engine][compile]") {
  const auto record = [](Program& program) {
    const ResnetGenerator net(program, "net", 1, {.ngf = 3, .blocks = 2});
    const Tensor x = program.input("x", {1, 20, 28, 1}), once = net(x), twice = net(x);
    const Tensor loss = l1(once, program.input("target", once.shape())) + mse_to(twice, 1);
    const Tensors wrt = program.states("net.", Role::parameter);
    const Tensors found = gradients(loss, wrt);
    for (size_t i = 0; i < found.size(); ++i) program.output(std::to_string(i), found[i]);
  };
  CHECK(check_same_bits(record) > 0);
}

}  // namespace tuna
