// Not covered by the op table: values computed by hand, labels out of range, accuracy of long sums.
#include <array>
#include <cmath>
#include <limits>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "kernels/loss/argmax.h"
#include "kernels/loss/cross_entropy.h"
#include "kernels/loss/l1.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/gradient_reversal.h"
#include "losses/class_confusion.h"
#include "tests/catch.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

const Device devices[] = {Device::reference(), Device::cpu(), Device::emulated()};

void check_l1_gradient(const Device& device) {
  Program program;
  const Tensor a = program.input("a", {1, 1, 1, 3}), b = program.input("b", {1, 1, 1, 3});
  const Tensor loss = l1(a, b);
  const Tensors found = gradients(loss, {a, b});
  program.output("loss", loss);
  program.output("da", found[0]);
  program.output("db", found[1]);
  State state(0, device);
  Executable executable = compile(program, device, state);
  executable.set("a", {1, 5, -2});
  executable.set("b", {1, 2, 4});
  executable.run();
  CHECK_THAT(executable.scalar("loss"), WithinAbs(3, 1e-6));
  const float third = 1 / 3.0f;
  CHECK(executable.get<float>("da") == std::vector<float>{0, third, -third});
  CHECK(executable.get<float>("db") == std::vector<float>{0, -third, third});
}

void check_weighted_mean(const Device& device) {
  Program program;
  const Tensor logits = program.input("logits", {3, 1, 1, 2});
  const Tensor labels = program.input("labels", Type{DType::i32, {3, 1, 1, 1}});
  const Tensor loss = cross_entropy(logits, labels, {1, 3});
  program.output("loss", loss);
  program.output("gradient", gradients(loss, {logits})[0]);
  State state(0, device);
  Executable executable = compile(program, device, state);
  executable.set("logits", {0, 0, 2, 2, 0, std::log(3.0f)});
  const std::vector<int32_t> given{0, -1, 1};
  executable.set("labels", std::span<const int32_t>(given));
  executable.run();
  // 1 * log(2) and 3 * -log(3/4), over a weight of 4.
  CHECK_THAT(executable.scalar("loss"), WithinRel((std::log(2.0) + 3 * std::log(4.0 / 3)) / 4, 1e-6));

  const std::vector<int32_t> too_large{0, 2, 1};
  executable.set("labels", std::span<const int32_t>(too_large));
  if (runtime(device).has_discrete_memory()) {  // kernels there cannot throw
    executable.run();
    CHECK(std::isnan(executable.scalar("loss")));
    for (const double element : executable.get("gradient").values()) CHECK(std::isnan(element));
  } else {
    REQUIRE_THROWS_WITH(executable.run(), Contains("label 2 of 2 classes"));
  }
}

void check_without_labels(const Device& device) {
  Program program;
  const Tensor logits = program.input("logits", {2, 1, 1, 2});
  const Tensor labels = program.input("labels", Type{DType::i32, {2, 1, 1, 1}});
  const Tensor loss = cross_entropy(logits, labels);
  program.output("loss", loss);
  program.output("gradient", gradients(loss, {logits})[0]);
  State state(0, device);
  Executable executable = compile(program, device, state);
  executable.set("logits", {1, 2, 3, 4});
  const std::vector<int32_t> none{-1, -1};
  executable.set("labels", std::span<const int32_t>(none));
  executable.run();
  CHECK(executable.scalar("loss") == 0);
  CHECK(executable.get<float>("gradient") == std::vector<float>(4, 0));
}

void check_argmax(const Device& device) {
  Program program;
  const Tensor logits = program.input("logits", {4, 1, 1, 2});
  program.output("sure", argmax(logits, 0.7));
  program.output("any", argmax(logits));
  State state(0, device);
  Executable executable = compile(program, device, state);
  const float unknown = std::numeric_limits<float>::quiet_NaN();
  executable.set("logits", {1, 1, 0, 1, 5, 0, unknown, 0});
  executable.run();
  CHECK(executable.get<int32_t>("sure") == std::vector<int32_t>{-1, 1, 0, -1});
  CHECK(executable.get<int32_t>("any") == std::vector<int32_t>{0, 1, 0, -1});
}

void check_long_means(const Device& device) {
  Program program;
  const Shape shape{1, 512, 512, 64};
  const Tensor x = program.input("x", shape), zero = program.input("zero", shape);
  program.output("l1", l1(x, zero));
  program.output("mse", mse_to(x, 0));
  State state(0, device);
  Executable executable = compile(program, device, state);
  std::vector<float> values(size_t(shape.count()));
  double sum = 0, squares = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = 0.1f + 0.9f * float(i % 1009) / 1009;
    sum += double(values[i]);
    squares += double(values[i]) * double(values[i]);
  }
  executable.set("x", std::span<const float>(values));
  executable.run();
  CHECK_THAT(executable.scalar("l1"), WithinRel(sum / double(shape.count()), 3e-7));
  CHECK_THAT(executable.scalar("mse"), WithinRel(squares / double(shape.count()), 3e-7));
}

}  // namespace

TEST_CASE("the gradient of l1 is 0 where both inputs are equal", "[l1]") {
  for (const Device& device : devices) check_l1_gradient(device);
}

TEST_CASE("cross_entropy is PyTorch's weighted mean", "[cross_entropy]") {
  for (const Device& device : devices) check_weighted_mean(device);
}

TEST_CASE("cross_entropy of a batch without labels is 0, and so is its gradient", "[cross_entropy]") {
  for (const Device& device : devices) check_without_labels(device);
}

TEST_CASE("argmax takes the first maximum, and -1 below the confidence", "[argmax]") {
  for (const Device& device : devices) check_argmax(device);
}

TEST_CASE("means stay accurate at 512 x 512 x 64", "[l1][mse]") { check_long_means(Device::cpu()); }

TEST_CASE("losses on a GPU", "[l1][mse][cross_entropy][argmax][gpu]") {
  if (no_gpu()) return;
  for (const auto each : {check_l1_gradient, check_weighted_mean, check_without_labels, check_argmax, check_long_means})
    each(Device::cuda());
}

TEST_CASE("gradient reversal keeps the values and scales the gradient by the negative factor", "[gradient_reversal]") {
  for (const Device& device : devices) {
    Program program;
    const Tensor x = program.input("x", {1, 1, 1, 3}), dy = program.input("dy", {1, 1, 1, 3});
    const Tensor y = gradient_reversal(x, program.input("factor", {1, 1, 1, 1}));
    program.output("y", y);
    program.output("dx", gradients({y}, {dy}, {x})[0]);
    State state(0, device);
    Executable executable = compile(program, device, state);
    executable.set("x", {1, 5, -2});
    executable.set("dy", {1, -2, 0.5});
    executable.set("factor", {3});
    executable.run();
    CHECK(executable.get<float>("y") == std::vector<float>{1, 5, -2});
    CHECK(executable.get<float>("dx") == std::vector<float>{-3, 6, -1.5});
    executable.set("factor", {0.5});
    executable.run();
    CHECK(executable.get<float>("dx") == std::vector<float>{-0.5, 1, -0.25});
  }
}

// Jin et al., 2020, Eq. 2 to 7, with the matrix itself.
TEST_CASE("class confusion is the paper's", "[class_confusion]") {
  constexpr int kSamples = 3, kClasses = 2;
  constexpr double kTemperature = 2.5;
  const std::array<std::array<double, kClasses>, kSamples> logits = {{{2, -1}, {0.5, 0.25}, {-3, 1}}};
  double p[kSamples][kClasses], weight[kSamples], weights = 0;
  for (int n = 0; n < kSamples; ++n) {
    double sum = 0, entropy = 0;
    for (const double logit : logits[n]) sum += std::exp(logit / kTemperature);
    for (int k = 0; k < kClasses; ++k) {
      p[n][k] = std::exp(logits[n][k] / kTemperature) / sum;
      entropy -= p[n][k] * std::log(p[n][k]);
    }
    weights += weight[n] = 1 + std::exp(-entropy);
  }
  double expected = 0;
  for (int j = 0; j < kClasses; ++j) {
    double confusion[kClasses] = {}, row = 0;
    for (int k = 0; k < kClasses; ++k) {
      for (int n = 0; n < kSamples; ++n) confusion[k] += kSamples * weight[n] / weights * p[n][j] * p[n][k];
      row += confusion[k];
    }
    for (int k = 0; k < kClasses; ++k)
      if (k != j) expected += confusion[k] / row / kClasses;
  }
  for (const Device& device : devices) {
    Program program;
    program.output("loss", class_confusion_loss(program.input("logits", {kSamples, 1, 1, kClasses}), kTemperature));
    State state(0, device);
    Executable executable = compile(program, device, state);
    executable.set("logits", {2, -1, 0.5, 0.25, -3, 1});
    executable.run();
    CHECK_THAT(executable.scalar("loss"), WithinAbs(expected, 1e-6));
  }
}

}  // namespace tuna
