#include "engine/program/autograd.h"

#include "engine/base/reduced_precision.h"
#include "engine/compile/compile.h"
#include "kernels/loss/argmax.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/cast.h"
#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/tanh.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// The value of y if the input "x", of one element, is x.
double value_at(Program& program, Tensor y, double x) {
  program.output("y", y);
  State state;
  Executable executable = compile(program, Device::reference(), state);
  executable.set("x", std::span<const double>(&x, 1));
  executable.run();
  return executable.scalar("y");
}

size_t steps_named(const Program& program, std::string_view name) {
  size_t count = 0;
  for (const Step& step : program.steps()) count += step.op->name() == name;
  return count;
}

}  // namespace

TEST_CASE("a value that is used twice has the sum of both gradients", "[engine][autograd]") {
  Program program(DType::f64);
  const Tensor x = program.input("x", {1, 1, 1, 1});
  const Tensor y = 3 * x + mse_to(x, 1) + x;  // 4 x + (x - 1)^2
  CHECK_THAT(value_at(program, gradients(y, {x})[0], 5), WithinRel(12.0, 1e-15));
}

TEST_CASE("x + x has gradient 2", "[engine][autograd]") {
  Program program(DType::f64);
  const Tensor x = program.input("x", {1, 1, 1, 1});
  CHECK(value_at(program, gradients(x + x, {x})[0], 5) == 2);
}

TEST_CASE("no gradient passes stop_gradient, the rest does", "[engine][autograd]") {
  Program program(DType::f64);
  const Tensor x = program.input("x", {1, 1, 1, 1});
  const Tensor y = mse(3 * x, stop_gradient(x));  // (3 x - c)^2, where c has the value of x
  CHECK_THAT(value_at(program, gradients(y, {x})[0], 5), WithinRel(2 * (15.0 - 5) * 3, 1e-15));
}

TEST_CASE("stop_gradient costs no step", "[engine][autograd]") {
  Program program;
  program.output("y", stop_gradient(2 * program.input("x", {1, 1, 1, 1})));
  State state;
  Executable executable = compile(program, Device::reference(), state);
  REQUIRE(executable.instructions().size() == 1);
  executable.set("x", {4});
  executable.run();
  CHECK(executable.scalar("y") == 8);
}

TEST_CASE("a tensor to which no gradient flows has an empty one", "[engine][autograd]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 2}), unused = program.input("unused", {1, 1, 1, 1});
  const Tensor stopped = program.input("stopped", {1, 1, 1, 2});
  const Tensor later = 2 * x;  // depends on x, but the loss does not depend on it
  const Tensors found = gradients(mse(x, stop_gradient(stopped)), {unused, stopped, x, later});
  CHECK(!found[0]);
  CHECK(!found[1]);
  CHECK(found[2]);
  CHECK(!found[3]);
}

TEST_CASE("decisions have no gradient", "[engine][autograd]") {
  Program program;
  const Tensor logits = program.input("logits", {1, 1, 1, 2});
  const Tensor label = argmax(logits);
  CHECK(label.type().dtype == DType::i32);
  CHECK(!gradients({label}, {label}, {logits})[0]);
}

TEST_CASE("only steps between x and the loss get a backward step", "[engine][autograd]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 1}), frozen = program.input("frozen", {1, 1, 1, 1});
  const Tensor loss = mse(tanh(x), tanh(frozen));
  gradients(loss, {x});
  CHECK(steps_named(program, "tanh_backward") == 1);
}

TEST_CASE("an intermediate value has a gradient", "[engine][autograd]") {
  Program program(DType::f64);
  const Tensor x = program.input("x", {1, 1, 1, 1});
  const Tensor middle = 2 * x;
  const Tensors found = gradients(mse_to(middle, 0), {middle, x});
  const Tensor both = found[0] + 10 * found[1];
  CHECK_THAT(value_at(program, both, 3), WithinRel(2.0 * 6 + 10 * 2 * 6 * 2, 1e-15));
}

TEST_CASE("gradients of several outputs are seeded and summed", "[engine][autograd]") {
  Program program(DType::f64);
  const Tensor x = program.input("x", {1, 1, 1, 1}), seed = program.input("seed", {1, 1, 1, 1});
  const Tensors found = gradients({2 * x, 5 * x, x}, {x, seed, x}, {x});
  program.output("gradient", found[0]);
  State state;
  Executable executable = compile(program, Device::reference(), state);
  const double three = 3, seven = 7;
  executable.set("x", std::span<const double>(&three, 1));
  executable.set("seed", std::span<const double>(&seven, 1));
  executable.run();
  CHECK(executable.scalar("gradient") == 2 * 3 + 5 * 7 + 3);
}

TEST_CASE("backward steps belong to the module of their forward step", "[engine][autograd]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 1});
  Tensor y;
  {
    const Scope scope(program, "G_AP.model.26");
    y = tanh(x);
  }
  const Scope scope(program, "objective");
  gradients(y, {x});
  CHECK(program.scope() == "objective");
  for (const Step& step : program.steps())
    if (step.op->name() == "tanh_backward") CHECK(step.scope == "G_AP.model.26");
}

TEST_CASE("gradients can be taken twice in one program", "[engine][autograd]") {
  Program program(DType::f64);  // two losses of one parameter, each with its own backward pass, as in a GAN's step
  const Tensor x = program.input("x", {1, 1, 1, 1});
  const Tensor first = gradients(mse_to(x, 0), {x})[0];
  const Tensor second = gradients(mse_to(3 * x, 0), {x})[0];
  CHECK_THAT(value_at(program, first + 100 * second, 1), WithinRel(2 + 100 * 18.0, 1e-15));
}

TEST_CASE("gradients recompute what is cheap, and do not keep it", "[engine][autograd]") {
  Program program(DType::bf16);
  const Tensor x = program.input("x", Type{DType::bf16, {1, 3, 3, 1}}), y = to_accumulation_type(x);
  const Tensor loss = mse_to(y, 1);
  program.output("loss", loss);
  program.output("dx", gradients(loss, {x})[0]);
  for (const Step& step : program.steps())
    if (step.op->name() == "mse_backward") CHECK(step.in[0] != y.id);
  State state(0, Device::emulated());
  Executable executable = compile(program, Device::emulated(), state);
  executable.set("x", HostTensor(executable.input("x").type, std::vector<double>(9, 3)));
  executable.run();
  CHECK(executable.get("dx").values() == std::vector<double>(9, double(float(bf16(float(4.0 / 9))))));
}

TEST_CASE("only a scalar has a gradient without seeds", "[engine][autograd]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 2});
  REQUIRE_THROWS_WITH(gradients(2 * x, {x}), Contains("the loss must be a scalar, got 1x1x1x2"));
  REQUIRE_THROWS_WITH(gradients({x}, {}, {x}), Contains("1 outputs with 0 seeds"));
}

}  // namespace tuna
