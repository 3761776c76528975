#include "tests/op_table/op_checks.h"

#include <algorithm>
#include <cmath>

#include "engine/program/autograd.h"
#include "kernels/conv/tables.h"

namespace tuna {
namespace {

Executable build_executable(const BuildRow& build, RowRun& run, const Target& target, CompileOptions options) {
  run.outputs = build(run.draw);
  Tensors differentiable, seeds, wrt;
  for (size_t i = 0; i < run.outputs.size(); ++i) {
    run.output_names.push_back("output " + std::to_string(i));
    run.program.output(run.output_names.back(), run.outputs[i]);
    if (!is_real(run.outputs[i].type().dtype)) continue;
    differentiable.push_back(run.outputs[i]);
    seeds.push_back(run.program.input("seed of " + run.output_names.back(), run.outputs[i].type()));
  }
  for (size_t i = 0; i < run.draw.compared.size(); ++i) {
    run.output_names.push_back("compared " + std::to_string(i));
    run.program.output(run.output_names.back(), run.draw.compared[i]);
  }
  for (const Drawn& drawn : run.draw.drawn)
    if (drawn.differentiate) wrt.push_back(drawn.tensor);
  if (!wrt.empty() && !differentiable.empty()) {
    const Tensors found = gradients(differentiable, seeds, wrt);
    for (size_t i = 0, next = 0; i < run.draw.drawn.size(); ++i) {
      if (!run.draw.drawn[i].differentiate) continue;
      const Tensor gradient = found[next++];
      check(bool(gradient), "no gradient reaches {}", run.draw.drawn[i].name);
      run.gradient_names.push_back("gradient of " + run.draw.drawn[i].name);
      run.program.output(run.gradient_names.back(), gradient);
    }
  }
  return compile(run.program, target, run.state, options);
}

}  // namespace

RowRun::RowRun(const BuildRow& build, DType activation, const Target& target, uint64_t seed, CompileOptions options)
    : program(activation),
      draw(program, seed),
      state(0, target.device),
      executable(build_executable(build, *this, target, options)) {
  for (const Drawn& drawn : draw.drawn) set(drawn.name, drawn.values);
  for (size_t i = 0; i < outputs.size(); ++i) {
    seeds_.emplace_back();
    if (!is_real(outputs[i].type().dtype)) continue;
    Random random(seed, "seed of output", 0, uint32_t(i));
    for (int64_t k = 0; k < outputs[i].shape().count(); ++k) seeds_.back().push_back(float(random.normal()));
    set("seed of " + output_names[i], seeds_.back());
  }
}

void RowRun::set(const std::string& input, const std::vector<double>& values) {
  executable.set(input, HostTensor(executable.input(input).type, values));
}

double RowRun::weighted_sum() const {
  double sum = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::vector<double> values = executable.get(output_names[i]).values();
    for (size_t k = 0; k < seeds_[i].size(); ++k) sum += values[k] * seeds_[i][k];
  }
  return sum;
}

double relative_l2(const std::vector<double>& value, const std::vector<double>& expected) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    if (std::isinf(expected[i]) && value[i] == expected[i]) continue;  // f16 overflows early
    if (!std::isfinite(value[i]) || !std::isfinite(expected[i])) return kInfinity;
    difference += (value[i] - expected[i]) * (value[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  if (difference == 0) return 0;
  return norm > 0 ? std::sqrt(difference / norm) : std::sqrt(difference);
}

namespace {

// Returns nothing if an element is at a kink.
std::vector<GradientReport> try_gradients(const BuildRow& build, const GradientCheckOptions& options, uint64_t seed) {
  RowRun run(build, DType::f64, Device::reference(), seed);
  run.run();
  std::vector<std::vector<double>> analytic;
  for (const std::string& name : run.gradient_names) analytic.push_back(run.executable.get(name).values());

  std::vector<GradientReport> reports;
  size_t next = 0;
  for (const Drawn& drawn : run.draw.drawn) {
    if (!drawn.differentiate) continue;
    const std::vector<double>& gradient = analytic[next++];
    double largest = 0;
    for (const double element : gradient) largest = std::max(largest, std::fabs(element));

    const auto value_at = [&](int64_t element, double step) {
      std::vector<double> moved = drawn.values;
      moved[size_t(element)] += step;
      run.set(drawn.name, moved);
      run.run();
      return run.weighted_sum();
    };
    const auto difference = [&](int64_t element, double step) {
      const double above = value_at(element, step), below = value_at(element, -step);
      run.set(drawn.name, drawn.values);
      return (above - below) / (2 * step);
    };

    std::vector<int64_t> elements(gradient.size());
    for (size_t i = 0; i < elements.size(); ++i) elements[i] = int64_t(i);
    if (int64_t(elements.size()) > options.elements) {
      Random(seed, "elements", 0, uint32_t(next)).shuffle(elements);
      elements.resize(size_t(options.elements));
    }
    GradientReport worst{drawn.name, drawn.tensor.shape()};
    worst.allowed = 1;
    worst.checked = int64_t(elements.size());
    const double step = options.step * drawn.spread;
    for (const int64_t element : elements) {
      const double whole = difference(element, step), half = difference(element, step / 2);
      const double scale = std::max({std::fabs(whole), std::fabs(half), largest});
      if (std::fabs(whole - half) > 1e-5 * scale + 1e-9) return {};
      const double numeric = (4 * half - whole) / 3;
      const double error = std::fabs(numeric - gradient[size_t(element)]);
      const double allowed = options.absolute * std::max(1.0, largest) + options.relative * std::fabs(numeric);
      if (std::isnan(error) || error / allowed >= worst.error / worst.allowed)  // NaN is the worst
        worst = {drawn.name, drawn.tensor.shape(), element, worst.checked, gradient[size_t(element)], numeric, error,
                 allowed};
    }
    reports.push_back(worst);
  }
  return reports;
}

}  // namespace

std::vector<GradientReport> check_gradients(const BuildRow& build, GradientCheckOptions options) {
  {
    Program program(DType::f64);
    Draw draw(program, options.seed);
    build(draw);
    if (std::none_of(draw.drawn.begin(), draw.drawn.end(), [](const Drawn& drawn) { return drawn.differentiate; }))
      return {};
  }
  for (uint64_t attempt = 0; attempt < 40; ++attempt) {
    std::vector<GradientReport> reports = try_gradients(build, options, options.seed + 1000 * attempt);
    if (!reports.empty()) return reports;
  }
  fail("gradient check: a kink at each of 40 points; is the function continuous?");
}

GradientCheckOptions gradient_check_options(const OpRow& row) {
  GradientCheckOptions options;
  options.elements = row.differences;
  return options;
}

std::vector<RunDifference> difference(const RowRun& found, const RowRun& expected) {
  const bool may_be_nan = std::any_of(expected.draw.drawn.begin(), expected.draw.drawn.end(), [](const Drawn& drawn) {
    return std::any_of(drawn.values.begin(), drawn.values.end(), [](double value) { return !std::isfinite(value); });
  });
  std::vector<RunDifference> differences;
  for (const auto* names : {&expected.output_names, &expected.gradient_names})
    for (const std::string& name : *names) {
      std::vector<double> value = found.executable.get(name).values(), wanted = expected.executable.get(name).values();
      if (may_be_nan)
        for (size_t i = 0; i < value.size(); ++i)
          if (std::isnan(value[i]) && std::isnan(wanted[i])) value[i] = wanted[i] = 0;
      differences.push_back({name, relative_l2(value, wanted)});
    }
  return differences;
}

std::vector<RunDifference> compare_with_reference(const BuildRow& build, const Target& target, uint64_t seed,
                                                  DType activation) {
  RowRun expected(build, reference_type(activation), Device::reference(), seed), found(build, activation, target, seed);
  expected.run();
  found.run();
  return difference(found, expected);
}

std::vector<ConvTarget> with_each_algorithm(const Program& program, const Target& target, size_t first) {
  std::vector<ConvTarget> found = {{"", target}};
  if (target.device.backend == Backend::ref) return found;
  for (const ConvAlgorithm& algorithm : conv_algorithms(target.device.backend)) {
    ConvChoices choices;
    for (const ConvStep& step : convolutions_of(program, first)) {
      const ConvAlgorithms fitting = fitting_algorithms(step.direction, step.problem, target);
      const ConvAlgorithm* fits = find_algorithm(fitting, algorithm.name);
      if (fits && fits != &fitting.front())
        choices.convolutions[conv_key(step.direction, step.problem, target.precision)].algorithm = algorithm.name;
    }
    if (choices.convolutions.empty()) continue;
    found.push_back({algorithm.name, target});
    found.back().target.conv_choices = std::make_shared<ConvChoices>(std::move(choices));
  }
  return found;
}

std::vector<ConvTarget> with_each_algorithm(const BuildRow& build, DType activation, const Target& target) {
  const Draw::ShapesOnly shapes_only;
  return with_each_algorithm(RowRun(build, activation, Device::reference(), 1).program, target);
}

DType reference_type(DType activation) { return is_reduced_precision(activation) ? activation : DType::f64; }

double tolerance(const OpRow& row, DType activation) {
  switch (activation) {
    case DType::f16:
      return row.reduced_precision_tolerance * 0x1p-10;
    case DType::bf16:
      return row.reduced_precision_tolerance * 0x1p-7;
    default:
      return row.f32_tolerance;
  }
}

double tolerance(const OpRow& row, Precision precision) {
  // Tensor cores round what libraries multiply to 11 significant bits: half of 2^-10, or all of it if they truncate.
  constexpr double kTf32 = 3e-3;
  if (precision == Precision::tf32 && row.multiplies()) return std::max(row.f32_tolerance, kTf32);
  return tolerance(row, activation_type(precision));
}

}  // namespace tuna
