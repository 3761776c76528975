#include "training/run/estimate.h"

#include <algorithm>
#include <chrono>

#include "engine/base/duration.h"
#include "engine/base/human_bytes.h"
#include "engine/compile/describe.h"

namespace tuna {

// A single short step is not representative on a machine with other load.
constexpr int kMostTimed = 10;
constexpr double kEnoughSeconds = 1;

StepCost measure_step(const Phase& phase, const Target& target, const std::vector<StepCost>& known) {
  State state(0, target.device);
  Program program(activation_type(target.precision));
  phase.record(program);
  Executable step = compile(program, target, state);
  const size_t bytes = state.bytes() + step.plan().bytes;
  for (const StepCost& each : known)
    if (each.bytes == bytes && each.flops == step.flops()) return each;
  step.run();
  if (runtime(target.device).has_discrete_memory()) step.run();  // captures the graph, which must not be timed
  step.synchronize();
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  int steps = 0;
  do {
    step.run();
    step.synchronize();
  } while (++steps < kMostTimed && seconds() < kEnoughSeconds);
  return {seconds() / steps, bytes, step.flops()};
}

double Estimate::seconds() const {
  double sum = 0;
  for (const OfPhase& each : phases) sum += each.seconds;
  return sum;
}

Estimate estimate(const std::vector<Phase>& phases, const Target& target) {
  Estimate result;
  std::vector<StepCost> costs;
  for (const Phase& phase : phases) {
    const StepCost& cost = costs.emplace_back(measure_step(phase, target, costs));
    result.phases.push_back({phase.name, double(phase.steps()) * cost.seconds});
    result.peak_bytes = std::max(result.peak_bytes, cost.bytes);
  }
  return result;
}

std::string to_text(const Estimate& estimate) {
  std::vector<std::string> parts;
  for (const Estimate::OfPhase& each : estimate.phases) parts.push_back(each.phase + " " + human_seconds(each.seconds));
  return fmt::format("about {} ({}) and {} of memory", human_seconds(estimate.seconds()), fmt::join(parts, ", "),
                     human_bytes(estimate.peak_bytes));
}

}  // namespace tuna
