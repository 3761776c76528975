#include "engine/compile/describe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/human_bytes.h"
#include "engine/compile/compile.h"
#include "engine/compile/dot.h"
#include "engine/compile/profile.h"
#include "engine/program/autograd.h"
#include "kernels/conv/conv2d.h"
#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "models/patch_discriminator.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// A discriminator's score of an image, and its gradient.
Executable discriminator(State& state) {
  Program program;
  const Tensor x = program.input("x", {1, 16, 16, 1});
  const Tensor y = PatchDiscriminator(program, "D_A", 1, {4, 1})(x);
  program.output("y", y);
  program.output("dx", gradients({y}, {y}, {x})[0]);
  return compile(program, Device::reference(), state);
}

}  // namespace

TEST_CASE("a program as text has a line for each step, and sums", "[engine][describe]") {
  State state;
  const Executable executable = discriminator(state);
  const std::string text = to_text(executable);
  CHECK(size_t(std::count(text.begin(), text.end(), '\n')) == executable.instructions().size() + 2);
  CHECK_THAT(text, Contains("D_A.model.0"));
  CHECK_THAT(text, Contains("conv2d_backward_data"));
  CHECK_THAT(text, Contains("f32 1x8x8x4"));
  CHECK_THAT(text, Contains(fmt::format("{} steps", executable.instructions().size())));
}

TEST_CASE("text, drawing and JSON name the algorithm that a convolution runs", "[engine][describe][conv2d]") {
  Program program;
  program.output("y", relu(conv2d(program.input("x", {1, 1, 1, 4}), program.input("weight", {2, 1, 1, 4}), {})));
  State state(0, Device::emulated());
  const Executable executable = compile(program, Device::emulated(), state);
  CHECK_THAT(to_text(executable), Contains(" conv2d (cublas) ") && Contains(" relu "));
  CHECK_THAT(to_dot(executable), Contains("\"conv2d (cublas)\\n") && Contains("\"relu\\n"));
  const nlohmann::json steps = nlohmann::json::parse(to_json(executable)).at("steps");
  REQUIRE(steps.size() == 2);
  CHECK((steps[0].at("operation") == "conv2d" && steps[0].at("algorithm") == "cublas"));
  CHECK((steps[1].at("operation") == "relu" && steps[1].at("algorithm") == ""));
}

TEST_CASE("fusions are listed by rule and chain, with what was not fused", "[engine][describe]") {
  Program program;
  const Tensor x = program.input("x", {1, 8, 8, 2});
  for (const char* name : {"a", "b"}) {
    const Scope scope(program, name);
    program.output(std::string(name), relu(instance_norm(2 * relu(instance_norm(x)))));
  }
  {
    const Scope scope(program, "c");
    program.output("plain", instance_norm(x));
  }
  State state;
  CompileOptions options;
  options.common_subexpressions = false;
  const std::string text = fusions_to_text(compile(program, Device::reference(), state, options));
  const std::vector<std::string> lines = {
      fmt::format("{:<20} {:<48} {:>5}  {}\n", "rule", "operations", "times", "modules"),
      fmt::format("{:<20} {:<48} {:>5}  {}\n", "instance_norm", "instance_norm + relu", 4, "a x2, b x2"),
      fmt::format("{:<20} {:<48} {:>5}  {}\n", "instance_norm", "instance_norm, not fused", 1, "c")};
  CHECK(text == lines[0] + lines[1] + lines[2]);
}

TEST_CASE("a profile names what ran, and its trace is JSON", "[engine][profile]") {
  State state;
  Executable executable = discriminator(state);
  Profile profile;
  for (int run = 0; run < 3; ++run) profile.run(executable);
  CHECK(profile.runs() == 2);  // the first run is left out
  CHECK_THAT(profile.table(executable), Contains("conv2d_backward_data") && Contains("instance_norm"));
  const MachineLimits limits{1e12, 1e10};
  CHECK_THAT(profile.table(executable, limits), Contains("least: the time at 1000.0 GFLOP/s or 10.0 GB/s"));
  CHECK(limits.seconds(3e12, 1e10) == 3);  // computing takes longer than moving
  CHECK(limits.seconds(3e12, 4e10) == 4);
  double sum = 0;
  for (const Instruction& step : executable.instructions()) sum += limits.seconds(step.flops, double(step.bytes));
  CHECK(limits.seconds(executable) == sum);
  const std::string trace = profile.chrome_trace(executable);
  CHECK_THAT(trace, Contains("conv2d") && Contains("D_A.model.0"));
}

TEST_CASE("a small number is printed differently from zero", "[engine][describe]") {
  CHECK(one_decimal(0) == "-");
  CHECK(one_decimal(0.0004) == "<0.1");
  CHECK(one_decimal(342.04) == "342.0");
}

TEST_CASE("bytes are written for people", "[engine][describe]") {
  CHECK(human_bytes(1536) == "1.5 KiB");
  CHECK(human_bytes(size_t(5) << 20) == "5.0 MiB");
  CHECK(human_bytes(size_t(5) << 28) == "1.25 GiB");
}

}  // namespace tuna
