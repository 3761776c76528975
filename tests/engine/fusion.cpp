// Fusion takes nothing away and changes no value.
#include "engine/fusion.h"

#include <algorithm>

#include "engine/autograd.h"
#include "kernels/geometry/reflection_pad2d.h"
#include "kernels/loss/l1.h"
#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "models/patch_discriminator.h"
#include "models/resnet_generator.h"
#include "tests/catch.h"
#include "tests/op_checks.h"

namespace tuna {
namespace {

int64_t steps_named(const Program& program, std::string_view name) {
  return std::count_if(program.steps().begin(), program.steps().end(),
                       [&](const Step& step) { return step.op->name() == name; });
}

// Outputs and gradients of a network's parameters, in f64.
template <class Net, class Options>
std::map<std::string, std::vector<double>> run(Fusion fusion, Options options, int64_t expected_fused) {
  Program program(DType::f64, fusion);
  const Net net(program, "net", options);
  const Tensor x = program.input("x", Shape{2, 20, 28, 1}), y = net(x);
  program.output("y", y);
  const Tensors parameters = program.states("net.", Role::parameter);
  const Tensors found = gradients(l1(y, program.input("target", y.shape())), parameters);
  for (size_t i = 0; i < found.size(); ++i) program.output("gradient " + std::to_string(i), found[i]);

  CHECK(steps_named(program, "instance_norm_fused") == expected_fused);
  if (expected_fused > 0) CHECK(steps_named(program, "instance_norm") == 0);
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
void check_unchanged(Options options, int64_t norms) {
  const auto plain = run<Net>(Fusion::off, options, 0), fused = run<Net>(Fusion::on, options, norms);
  for (const auto& [name, values] : plain) {
    INFO(name);
    CHECK(relative_l2(fused.at(name), values) < 1e-12);
  }
}

}  // namespace

TEST_CASE("fusion leaves no instance norm of a generator alone, and changes no value", "[fusion]") {
  check_unchanged<ResnetGenerator>(GeneratorOptions{.channels = 1, .ngf = 3, .blocks = 2}, 3 + 2 * 2 + 2);
}

TEST_CASE("fusion leaves no instance norm of a discriminator alone, and changes no value", "[fusion]") {
  check_unchanged<PatchDiscriminator>(DiscriminatorOptions{.channels = 1, .ndf = 3, .layers = 2}, 2);
}

TEST_CASE("fusion keeps what somebody reads, and refuses who comes too late", "[fusion]") {
  Program program;
  const Tensor x = program.input("x", Shape{1, 5, 6, 3});
  const Tensor norm = instance_norm(x), rectified = relu(norm), padded = reflection_pad2d(rectified, 1);

  SECTION("an output between") {
    program.output("norm", norm);
    program.output("padded", padded);
    fuse(program);
    CHECK(steps_named(program, "instance_norm_fused") == 0);
  }
  SECTION("an output behind the rectifier") {
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
  SECTION("a reader that comes too late") {
    program.output("padded", padded);
    fuse(program);
    REQUIRE_THROWS_WITH(relu(rectified), Contains("no longer made by itself"));
    REQUIRE_THROWS_WITH(program.output("norm", norm), Contains("a fused step took its place"));
  }
  SECTION("twice is once") {
    program.output("padded", padded);
    fuse(program);
    fuse(program);
    CHECK(program.steps().size() == 1);
  }
}

}  // namespace tuna
