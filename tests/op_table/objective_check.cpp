#include "tests/op_table/objective_check.h"

#include <cmath>

#include "engine/program/autograd.h"
#include "models/objective.h"

namespace tuna {
namespace {

constexpr int64_t kSize = 32;

TunaNetOptions tiny_net() {
  TunaNetOptions options;
  options.generator = {2, 1};
  options.discriminator = {2, 3};
  options.classifier.width = 2;
  return options;
}

// Eq. 6 and the identity term, as finite differences see them: each term updates every network that its value depends
// on.  The semantic term is left out: it does not update F_A.
ObjectiveOptions whole_objective() {
  ObjectiveOptions options;
  options["feature"].updates = options["feature"].networks;
  options["identity"].weight = 0.5;
  return options;
}

/// Eq. 6 as a program: its value, and on request its gradient for each parameter.
class ObjectiveRun {
 public:
  ObjectiveRun(bool with_gradients, State& state, uint64_t seed)
      : executable_(compile_objective(with_gradients, state)) {
    Random random(seed, "images");
    for (const char* image : {"x_a", "x_p"}) {
      HostTensor pixels(executable_.input(image).type);
      for (double& pixel : pixels.as<double>()) pixel = random.uniform(-1, 1);
      executable_.set(image, pixels);
    }
    const int32_t label = int32_t(random.below(2));
    executable_.set("y_a", std::span<const int32_t>(&label, 1));
  }

  double operator()() {
    executable_.run();
    return executable_.scalar("objective");
  }

  std::vector<double> gradient(const std::string& parameter) const {
    return executable_.get("gradient of " + parameter).values();
  }

  const std::vector<std::string>& parameters() const { return parameters_; }

 private:
  Executable compile_objective(bool with_gradients, State& state) {
    Program program(DType::f64);
    const ObjectiveOptions options = whole_objective();
    const TunaNet net(program, tiny_net(), {.size = kSize});
    const Tensor x_a = program.input("x_a", Shape{1, kSize, kSize, 1}), x_p = program.input("x_p", x_a.shape());
    const Tensor y_a = program.input("y_a", Type{DType::i32, {1, 1, 1, 1}});
    const Objective objective = record_objective(options, {net, options.gan, BatchNormMode::frozen, {}, x_a, y_a, x_p});
    program.output("objective", objective.total);
    if (with_gradients) {
      Tensors learning;
      for (const char* of : {"G_AP.", "G_PA.", "F_A.", "F_P."})
        for (const Tensor& parameter : program.states(of, Role::parameter)) learning.push_back(parameter);
      const Tensors found = gradients(objective.total, learning);
      for (size_t i = 0; i < learning.size(); ++i) {
        const std::string& name = program.value(learning[i].id).name;
        check(bool(found[i]), "no gradient of the objective reaches {}", name);
        program.output("gradient of " + name, found[i]);
        parameters_.push_back(name);
      }
    }
    return compile(program, Device::reference(), state);
  }

  std::vector<std::string> parameters_;
  Executable executable_;
};

// Networks start with biases of 0; if the inputs of a ReLU are 0, such a bias is at its kink.
void leave_special_values(State& state, uint64_t seed) {
  for (const std::string& name : state.names()) {
    const bool variance = name.find("running_var") != std::string::npos;
    if (!variance && name.find("bias") == std::string::npos && name.find("running_mean") == std::string::npos) continue;
    Random random(seed, name);
    HostTensor value(state.type(name));
    for (double& element : value.as<double>()) element = variance ? random.uniform(0.5, 2) : 0.1 * random.normal();
    state.write(name, value);
  }
}

}  // namespace

GradientCheckOptions objective_check_options() { return {1, 1e-6, 1e-7, 1e-6, 3}; }

std::vector<GradientReport> check_objective_gradients(const GradientCheckOptions& options) {
  State state(options.seed);
  ObjectiveRun analytic(true, state, options.seed), objective(false, state, options.seed);
  leave_special_values(state, options.seed);
  analytic();

  std::vector<GradientReport> reports;
  for (const std::string& name : analytic.parameters()) {
    const std::vector<double> gradient = analytic.gradient(name);
    double largest = 0;
    for (const double element : gradient) largest = std::max(largest, std::fabs(element));

    const std::vector<double> middle = state.read(name).values();
    const auto value_at = [&](int64_t element, double step) {
      std::vector<double> moved = middle;
      moved[size_t(element)] += step;
      state.write(name, HostTensor(state.type(name), moved));
      return objective();
    };
    const auto difference = [&](int64_t element, double step) {
      const double above = value_at(element, step), below = value_at(element, -step);
      state.write(name, HostTensor(state.type(name), middle));
      return (above - below) / (2 * step);
    };

    GradientReport worst{name, state.type(name).shape};
    worst.allowed = 1;
    const int64_t wanted = std::min(options.elements, int64_t(gradient.size()));
    Random random(options.seed, name);
    for (int64_t draw = 0; worst.checked < wanted; ++draw) {
      check(draw < 20 * wanted, "{}: a kink at nearly each of {} elements; is the objective continuous?", name, draw);
      const auto element = int64_t(random.below(uint32_t(gradient.size())));
      const double whole = difference(element, options.step), half = difference(element, options.step / 2);
      const double allowed = options.absolute * std::max(1.0, largest) + options.relative * std::fabs(half);
      if (std::fabs(whole - half) > allowed) continue;
      const double error = std::fabs(half - gradient[size_t(element)]);
      if (error / allowed >= worst.error / worst.allowed)
        worst = {name, worst.shape, element, worst.checked, gradient[size_t(element)], half, error, allowed};
      ++worst.checked;
    }
    reports.push_back(worst);
  }
  return reports;
}

}  // namespace tuna
