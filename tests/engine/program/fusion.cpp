// Fusion removes no value that is read, and changes none.
#include "engine/program/fusion.h"

#include <algorithm>

#include "engine/program/autograd.h"
#include "kernels/conv/conv2d.h"
#include "kernels/geometry/reflection_pad2d.h"
#include "kernels/loss/l1.h"
#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "models/patch_discriminator.h"
#include "models/resnet.h"
#include "models/resnet_generator.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

int64_t steps_named(const Program& program, std::string_view name) {
  return std::count_if(program.steps().begin(), program.steps().end(),
                       [&](const Step& step) { return step.op->name() == name; });
}

using StepCounts = std::map<std::string, int64_t>;  // by the name of the op

template <class Net, class Options>
Net make(Program& program, const Options& options) {
  if constexpr (std::is_constructible_v<Net, Program&, const char*, Options>)
    return Net(program, "net", options);
  else
    return Net(program, "net", 1, options);  // one channel
}

// Returns outputs and gradients of a network's parameters, in f64.
template <class Net, class Options>
std::map<std::string, std::vector<double>> run(Fusion fusion, Options options, const StepCounts& expected) {
  Program program(DType::f64, fusion);
  const Net net = make<Net>(program, options);
  const Tensor x = program.input("x", Shape{2, 20, 28, 1}), y = net(x);
  program.output("y", y);
  const Tensors parameters = program.states("net.", Role::parameter);
  const Tensors found = gradients(l1(y, program.input("target", y.shape())), parameters);
  for (size_t i = 0; i < found.size(); ++i) program.output("gradient " + std::to_string(i), found[i]);

  for (const auto& [name, count] : expected) {
    INFO(name);
    CHECK(steps_named(program, name) == count);
  }
  State state(1);
  Executable executable = compile(program, Device::reference(), state);
  Random random(1, "fusion");
  for (const char* input : {"x", "target"}) {
    HostTensor values(executable.input(input).type);
    for (double& value : values.as<double>()) value = random.normal();
    executable.set(input, values);
  }
  executable.run();
  std::map<std::string, std::vector<double>> result;
  for (const auto& [name, id] : program.outputs()) result[name] = executable.get(name).values();
  return result;
}

template <class Net, class Options>
void check_unchanged(Options options, const StepCounts& plain_steps, const StepCounts& fused_steps) {
  const auto plain = run<Net>(Fusion::off, options, plain_steps), fused = run<Net>(Fusion::on, options, fused_steps);
  REQUIRE(plain.size() == fused.size());
  for (const auto& [name, values] : plain) {
    INFO(name);
    CHECK(relative_l2(fused.at(name), values) < 1e-12);
  }
}

// Ops and rules that no other test matches.
template <char kLetter>
struct TestOp final : Op {
  std::string_view name() const override { return {&letter, 1}; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }

  static constexpr char letter = kLetter;
};

template <char kLetter>
Tensor test_op(Tensor x) {
  return record(TestOp<kLetter>(), {x})[0];
}

// An op with two outputs.
struct TwoForTest final : Op {
  std::string_view name() const override { return "two"; }
  Types infer(const Types& in) const override { return {in[0], in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
};

struct FusedForTest final : Op {
  std::string chain;

  explicit FusedForTest(std::string chain) : chain(std::move(chain)) {}
  bool operator==(const FusedForTest&) const = default;
  std::string_view name() const override { return chain; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
};

AnyOp fused_for_test(const Chain& found) {
  std::string name;
  for (const Step* step : found.steps) name += step->op->name();
  return FusedForTest(name);
}

const ChainPattern a = chain_of<TestOp<'a'>>();
const FusionRule two_first("b rule of two", {a.then<TestOp<'b'>, TestOp<'c'>>()}, fused_for_test);
const FusionRule three("c rule of three", {a.then<TestOp<'b'>>().then<TestOp<'b'>>()}, fused_for_test);
const FusionRule other_two("a rule of two", {a.then<TestOp<'c'>>()}, fused_for_test);
const FusionRule with_sum("with a sum", {chain_of<TwoForTest>().then<Add>().then_among_others<TestOp<'b'>>()},
                          fused_for_test);

std::vector<std::string> fused_names(const Program& program) {
  std::vector<std::string> names;
  for (const Step& step : program.steps()) names.emplace_back(step.op->name());
  return names;
}

struct FrozenResNet {
  ResNet net;

  FrozenResNet(Program& program, const std::string& name, ResNetOptions options) : net(program, name, options) {}
  Tensor operator()(Tensor x) const { return net(x, BatchNormMode::frozen).logits; }
};

}  // namespace

TEST_CASE("fusion leaves no instance norm of a generator alone, and changes no value", "[fusion]") {
  const int64_t norms = 3 + 2 * 2 + 2;
  check_unchanged<ResnetGenerator>(GeneratorOptions{.ngf = 3, .blocks = 2},
                                   {{"instance_norm", norms}, {"instance_norm_fused", 0}},
                                   {{"instance_norm", 0}, {"instance_norm_fused", norms}});
}

TEST_CASE("fusion leaves no instance norm of a discriminator alone, and changes no value", "[fusion]") {
  check_unchanged<PatchDiscriminator>(DiscriminatorOptions{.ndf = 3, .layers = 2},
                                      {{"instance_norm", 2}, {"instance_norm_fused", 0}},
                                      {{"instance_norm", 0}, {"instance_norm_fused", 2}});
}

TEST_CASE("of a classifier's frozen norms fusion leaves only those of the shortcuts, and changes no value",
          "[fusion]") {
  const int64_t norms = 1 + 8 * 2, shortcuts = 3;
  check_unchanged<FrozenResNet>(ResNetOptions{1, 2, 18, 2},
                                {{"batch_norm_frozen", norms + shortcuts}, {"batch_norm_frozen_fused", 0}},
                                {{"batch_norm_frozen", shortcuts}, {"batch_norm_frozen_fused", norms}, {"relu", 0}});
}

TEST_CASE("a fused norm with frozen parameters computes no gradient of them", "[fusion]") {
  const auto instructions = [](bool learning) {
    Program program;
    const FrozenResNet net(program, "net", {1, 2, 18, 2});
    program.set_requires_grad(learning);
    const Tensor x = program.input("x", Shape{1, 24, 20, 1}), logits = net(x);
    Tensors wrt{x};
    if (learning)
      for (const Tensor& parameter : program.states("net.", Role::parameter)) wrt.push_back(parameter);
    const Tensors found = gradients(l1(logits, program.input("target", logits.shape())), wrt);
    for (size_t i = 0; i < found.size(); ++i) program.output("gradient " + std::to_string(i), found[i]);
    State state(1);
    std::map<std::string, int64_t> counts;
    const Executable executable = compile(program, Device::reference(), state);
    for (const Instruction& each : executable.instructions()) ++counts[each.name];
    return counts;
  };
  for (const bool learning : {true, false}) {
    std::map<std::string, int64_t> counts = instructions(learning);
    CHECK(counts["batch_norm_frozen_fused_backward"] == 17);
    CHECK(counts["batch_norm_frozen_parameters_backward"] == (learning ? 20 : 0));
  }
}

TEST_CASE("sums without padding are kept, so that a chain of blocks is not recomputed from its beginning", "[fusion]") {
  constexpr int kBlocks = 5;
  Program program;
  Tensor x = program.input("x", Shape{1, 6, 6, 4});
  Tensors weights;
  for (int block = 0; block < kBlocks; ++block) {
    weights.push_back(program.state(fmt::format("weight {}", block), Type{DType::f32, {4, 1, 1, 4}},
                                    Initial::normal(0, 1), Role::parameter));
    x = x + instance_norm(conv2d(x, weights.back(), {}));
  }
  gradients(l1(x, program.input("target", x.shape())), weights);
  CHECK(steps_named(program, "instance_norm_fused") == kBlocks);
  CHECK(steps_named(program, "instance_norm_fused_recompute") == 0);
}

TEST_CASE("fusion keeps every value that is read, and refuses readers recorded after it", "[fusion]") {
  Program program;
  const Tensor x = program.input("x", Shape{1, 5, 6, 3});
  const Tensor norm = instance_norm(x), rectified = relu(norm), padded = reflection_pad2d(rectified, 1);

  SECTION("an output between") {
    program.output("norm", norm);
    program.output("padded", padded);
    fuse(program);
    CHECK(steps_named(program, "instance_norm_fused") == 0);
  }
  SECTION("an output after the rectifier") {
    program.output("rectified", rectified);
    program.output("padded", padded);
    fuse(program);
    CHECK(program.steps().size() == 1);
    REQUIRE(program.steps()[0].out.size() == 4);
    CHECK(program.steps()[0].out[3] == rectified.id);
  }
  SECTION("another reader between") {
    program.output("sum", norm + rectified);
    fuse(program);
    CHECK(steps_named(program, "instance_norm_fused") == 0);
  }
  SECTION("a reader recorded after the fusion") {
    program.output("padded", padded);
    fuse(program);
    REQUIRE_THROWS_WITH(relu(rectified), Contains("is not computed"));
    REQUIRE_THROWS_WITH(program.output("norm", norm), Contains("was fused into another op and is not computed"));
  }
  SECTION("fusing twice is fusing once") {
    program.output("padded", padded);
    fuse(program);
    fuse(program);
    CHECK(program.steps().size() == 1);
  }
}

TEST_CASE("the longest chain of all rules is fused; of equal ones, that of the first name", "[fusion]") {
  const auto fused = [](Tensor (*second)(Tensor), Tensor (*third)(Tensor)) {
    Program program;
    const Tensor y = second(test_op<'a'>(program.input("x", Shape{1, 1, 1, 1})));
    program.output("y", third ? third(y) : y);
    fuse(program);
    return std::pair(fused_names(program), program.steps()[0].fusion);
  };
  const auto [longest, by_three] = fused(test_op<'b'>, test_op<'b'>);
  CHECK(longest == std::vector<std::string>{"abb"});
  CHECK((by_three.rule == "c rule of three" && by_three.ops == "a + b + b"));
  const auto [shorter, by_two] = fused(test_op<'b'>, test_op<'c'>);
  CHECK(shorter == std::vector<std::string>{"ab", "c"});
  CHECK(by_two.rule == "b rule of two");
  CHECK(fused(test_op<'c'>, nullptr).second.rule == "a rule of two");
  const auto [plain, note] = fused(test_op<'d'>, nullptr);
  CHECK(plain == std::vector<std::string>{"a", "d"});
  CHECK((note.rule == "a rule of two" && note.ops.empty()));  // the first step of chains of that rule, but not fused
}

TEST_CASE("a chain ends where another step reads what lies between, unless its pattern allows that", "[fusion]") {
  Program program;
  const Tensor x = program.input("x", Shape{1, 1, 1, 1}), skip = program.input("skip", Shape{1, 1, 1, 1});
  const Tensors two = record(TwoForTest(), {x});
  SECTION("what others read is an output, after the last value and the first step's others") {
    const Tensor sum = skip + two[0], last = test_op<'b'>(sum);
    program.output("sum", test_op<'d'>(sum));
    program.output("last", last);
    fuse(program);
    REQUIRE(fused_names(program) == std::vector<std::string>{"twoaddb", "d"});
    CHECK(program.steps()[0].in == std::vector<uint32_t>{x.id, skip.id});
    CHECK(program.steps()[0].out == std::vector<uint32_t>{last.id, two[1].id, sum.id});
  }
  SECTION("the link before has no other readers") {
    program.output("last", test_op<'b'>(skip + two[0]));
    program.output("between", test_op<'d'>(two[0]));
    fuse(program);
    CHECK(program.steps().size() == 4);
  }
  SECTION("a step that reads a value twice is not one that reads it and something else") {
    program.output("last", test_op<'b'>(two[0] + two[0]));
    fuse(program);
    CHECK(program.steps().size() == 3);
  }
  SECTION("the other inputs may not depend on the chain's own outputs") {
    program.output("last", test_op<'b'>(two[0] + test_op<'d'>(two[1])));
    fuse(program);
    CHECK(program.steps().size() == 4);
  }
}

}  // namespace tuna
