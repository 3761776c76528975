#include "optim/adam.h"

#include <cstring>
#include <limits>
#include <optional>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "kernels/loss/mse.h"
#include "tests/catch.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

constexpr Shape kShape{1, 1, 1, 5};

/// Fits a weight to a target: loss = average((weight - target)^2).
struct Fit {
  Program program;
  State state;
  AdamOptimizer optimizer;
  Executable executable;

  explicit Fit(DType real, const Device& device, AdamOptions options = {}, std::optional<double> gate = {})
      : program(real),
        state(3, device),
        optimizer(program, "optimizer", declare(program), options),
        executable(record(device, gate)) {}

  static Tensors declare(Program& program) {
    const Type type{program.accumulation_type(), kShape};
    return {program.state("net.weight", type, Initial::normal(0, 1), Role::parameter),
            program.state("net.unused", type, Initial::constant(7), Role::parameter)};
  }

  Executable record(const Device& device, std::optional<double> gate) {
    Tensors latest;
    for (const Tensor& parameter : optimizer.parameters()) latest.push_back(program.latest(parameter));
    const Tensor loss = mse(latest[0], program.input("target", kShape));
    program.output("loss", loss);
    if (gate) optimizer.update_only_if_greater(program.input("accuracy", {1, 1, 1, 1}), *gate);
    optimizer.step(gradients(loss, latest), loss);
    return compile(program, device, state);
  }

  template <class Real>
  void step(double lr, int64_t t, const std::vector<Real>& target, AdamOptions options = {}) {
    const std::array<Real, 3> schedule = adam_schedule<Real>(lr, t, options);
    executable.set("optimizer.schedule", std::span<const Real>(schedule));
    executable.set("target", std::span<const Real>(target));
    executable.run();
  }
};

std::vector<std::byte> bytes_of(const State& state) {
  std::vector<std::byte> bytes;
  for (const std::string& name : state.names()) {
    const HostTensor value = state.read(name);
    bytes.insert(bytes.end(), value.bytes().begin(), value.bytes().end());
  }
  return bytes;
}

// Compares ten steps with the formula in PyTorch's documentation.
template <class Real>
void check_ten_steps(const Device& device, double tolerance) {
  const AdamOptions options{0.5, 0.99, 1e-6};
  Fit fit(std::is_same_v<Real, double> ? DType::f64 : DType::f32, device, options);
  const std::vector<Real> target{1, -2, Real(0.5), 0, 3};
  std::vector<double> p = fit.state.read("net.weight").values();
  double m[5] = {}, v[5] = {};
  for (int t = 1; t <= 10; ++t) {
    const double lr = 0.1 / t;
    fit.step(lr, t, target, options);
    const std::vector<double> weight = fit.state.read("net.weight").values();
    for (size_t i = 0; i < 5; ++i) {
      const double g = 2 * (p[i] - double(target[i])) / 5;
      m[i] = 0.5 * m[i] + 0.5 * g;
      v[i] = 0.99 * v[i] + 0.01 * g * g;
      const double unbiased_m = m[i] / (1 - std::pow(0.5, t)), unbiased_v = v[i] / (1 - std::pow(0.99, t));
      p[i] -= lr * unbiased_m / (std::sqrt(unbiased_v) + 1e-6);
      CHECK_THAT(weight[i], WithinAbs(p[i], tolerance));
    }
    CHECK(fit.executable.scalar("optimizer.finite") == 1);
  }
}

void check_not_finite(const Device& device) {
  Fit fit(DType::f32, device);
  fit.step<float>(0.1, 1, {1, -2, 0.5, 0, 3});
  const std::vector<std::byte> before = bytes_of(fit.state);
  for (const float stray : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            1e30f /* its square overflows: the loss alone is infinite */}) {
    fit.step<float>(0.1, 2, {1, -2, stray, 0, 3});
    CHECK(fit.executable.scalar("optimizer.finite") == 0);
    CHECK(bytes_of(fit.state) == before);
  }
  fit.step<float>(0.1, 2, {1, -2, 0.5, 0, 3});
  CHECK(fit.executable.scalar("optimizer.finite") == 1);
  CHECK(bytes_of(fit.state) != before);
}

void check_gate(const Device& device) {
  Fit fit(DType::f32, device, {}, 0.5), without_gate(DType::f32, device);
  const std::vector<float> target{1, -2, 0.5, 0, 3};
  const auto step = [&](float accuracy, const std::vector<float>& to, bool finite, bool updated) {
    const std::vector<std::byte> before = bytes_of(fit.state);
    fit.executable.set("accuracy", {accuracy});
    fit.step<float>(0.1, 1, to);
    CHECK((fit.executable.scalar("optimizer.finite") != 0) == finite);
    CHECK((fit.executable.scalar("optimizer.updated") != 0) == updated);
    CHECK((bytes_of(fit.state) != before) == updated);
  };
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  step(0.25, target, true, false);
  step(0.5, target, true, false);
  step(kNaN, target, true, false);
  step(0.75, {1, -2, kNaN, 0, 3}, false, false);
  step(0.75, target, true, true);
  without_gate.step<float>(0.1, 1, target);
  CHECK(bytes_of(fit.state) == bytes_of(without_gate.state));
}

}  // namespace

TEST_CASE("a closed gate leaves parameters and moments as they are", "[adam]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) check_gate(device);
}

TEST_CASE("ten Adam steps follow the formula", "[adam]") {
  check_ten_steps<double>(Device::reference(), 1e-13);
  check_ten_steps<float>(Device::reference(), 2e-6);
  check_ten_steps<float>(Device::cpu(), 2e-6);
  check_ten_steps<float>(Device::emulated(), 2e-6);
}

TEST_CASE("the schedule keeps the small corrections exact", "[adam]") {
  const std::array<double, 3> first = adam_schedule<double>(0.1, 1, {0.5, 0.999, 1e-8});
  CHECK(first[0] == 0.1);
  CHECK_THAT(first[1], WithinRel(0.5, 1e-15));
  CHECK_THAT(first[2], WithinRel(0.001, 1e-13));
  const std::array<float, 3> later = adam_schedule(2e-4, 100, {0, 0.5, 1e-8});
  CHECK(later[0] == 2e-4f);
  CHECK(later[1] == 1);
  CHECK(later[2] == 1);
}

TEST_CASE("a step that is not finite changes no byte of the state", "[adam]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) check_not_finite(device);
}

TEST_CASE("Adam on a GPU is the formula, and a step that is not finite changes nothing", "[adam][gpu]") {
  if (no_gpu()) return;
  check_ten_steps<float>(Device::cuda(), 2e-6);
  check_not_finite(Device::cuda());
  check_gate(Device::cuda());
}

TEST_CASE("Adam updates its states in place", "[adam]") {
  Fit fit(DType::f32, Device::cpu());
  for (const Instruction& instruction : fit.executable.instructions()) CHECK(instruction.name != "store");
}

TEST_CASE("Adam fits a small target", "[adam]") {
  Fit fit(DType::f32, Device::cpu());
  for (int t = 1; t <= 400; ++t) fit.step<float>(0.1, t, {1, -2, 0.5, 0, 3});
  CHECK(fit.executable.scalar("loss") < 1e-6);
}

TEST_CASE("a parameter that no gradient reaches is left out", "[adam]") {
  Fit fit(DType::f32, Device::cpu());
  fit.step<float>(0.1, 1, {1, -2, 0.5, 0, 3});
  CHECK(fit.state.names("optimizer.")
        == std::vector<std::string>{"optimizer.exp_avg.net.weight", "optimizer.exp_avg_sq.net.weight"});
  CHECK(fit.state.read("net.unused").values() == std::vector<double>(5, 7));
}

TEST_CASE("an optimizer that no gradient reaches is refused", "[adam]") {
  Program program;
  AdamOptimizer optimizer(program, "optimizer_F", Fit::declare(program));
  REQUIRE_THROWS_WITH(optimizer.step({Tensor(), Tensor()}), Contains("optimizer_F: no gradient"));
  REQUIRE_THROWS_WITH(optimizer.step({}), Contains("0 gradients for 2 parameters"));
}

}  // namespace tuna
