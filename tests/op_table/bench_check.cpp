#include "tests/op_table/bench_check.h"

#include "tests/op_table/bench_versions.h"

namespace tuna {
namespace {

/// Outputs and gradients, by their names.
using Values = std::map<std::string, std::vector<double>>;

Values values(const BuildRow& build, DType dtype, const Target& target) {
  RowRun run(build, dtype, target, kBenchSeed);
  run.run();
  Values found;
  for (const auto* names : {&run.output_names, &run.gradient_names})
    for (const std::string& name : *names) found[name] = run.executable.get(name).values();
  return found;
}

double flops(const BuildRow& build) {
  const Draw::ShapesOnly shapes_only;
  Program program(DType::f32, Fusion::off);
  Draw draw(program, kBenchSeed);
  build(draw);
  double sum = 0;
  for (const Step& step : program.steps()) {
    Types in, out;
    for (const uint32_t id : step.in) in.push_back(program.value(id).type);
    for (const uint32_t id : step.out) out.push_back(program.value(id).type);
    sum += step.op->flops(in, out);
  }
  return sum;
}

/// The cpu computes in fp32 only: inputs rounded to reduced precision change its results by some units in the last
/// place.  In f32 it is as far from the exact result as other backends.
double tolerance_from_cpu(const OpRow& row, Precision precision) {
  constexpr double kLastPlaces = 8;
  if (is_reduced_precision(activation_type(precision)))
    return tolerance(row, precision) / row.reduced_precision_tolerance * kLastPlaces;
  return row.f32_tolerance + tolerance(row, precision);
}

}  // namespace

void BenchChecker::check_row(const Subject& subject) {
  const auto [known, is_new] = verdicts_.try_emplace(subject.row);
  if (is_new) try {
      known->second = verdict(subject);
    } catch (const Error& error) {
      known->second = error.what();
    }
  check(known->second.empty(), "{}", known->second);
}

std::string BenchChecker::verdict(const Subject& subject) {
  constexpr double kMostFlops = 5e9;  // forward only; takes some seconds
  const OpRow& row = subject.ours;
  const bool by_cpu = subject.target.device.backend != Backend::cpu && flops(row.build) > kMostFlops;
  // In reduced precision another version rounds in other places, and so does its reference.
  const BuildRow& build = is_reduced_precision(subject.dtype()) ? subject.build : row.build;
  const std::string key =
      is_reduced_precision(subject.dtype()) ? subject.row : fmt::format("{}/{}/{}", row.op, row.name, by_cpu);
  if (key != key_of_expected_) {
    expected_ = by_cpu ? values(build, DType::f32, Device::cpu())
                       : values(build, reference_type(subject.dtype()), Device::reference());
    key_of_expected_ = key;
  }
  const double allowed =
      by_cpu ? tolerance_from_cpu(row, subject.target.precision) : tolerance(row, subject.target.precision);
  const Values found = values(subject.build, subject.dtype(), subject.target);
  for (const auto& [name, value] : expected_) {
    const double error = relative_l2(found.at(name), value);
    if (!(error <= allowed))
      return fmt::format("wrong: {} is {:.1e} off {}, allowed is {:.1e}", name, error, by_cpu ? "cpu" : "ref", allowed);
  }
  return "";
}

}  // namespace tuna
