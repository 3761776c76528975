#include "training/estimate.h"

#include <algorithm>
#include <chrono>

#include "engine/describe.h"
#include "training/classifier_phase.h"
#include "training/console.h"
#include "training/methods/tuna_net.h"

namespace tuna {
namespace {

// One short step says little on a machine that does other things, too.
constexpr int kMostTimed = 10;
constexpr double kEnoughSeconds = 1;

template <class Record>
StepCost cost_of(const Device& device, Record record) {
  State state(0, device);
  Program program(activation_type(device.precision));
  record(program);
  Executable step = compile(program, device, state);
  step.run();
  if (runtime(device).apart()) step.run();  // it is recorded, which would be timed, too
  step.wait();
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  int steps = 0;
  do {
    step.run();
    step.wait();
  } while (++steps < kMostTimed && seconds() < kEnoughSeconds);
  return {seconds() / steps, state.bytes() + step.plan().bytes};
}

}  // namespace

StepCosts measure_steps(const Spec& spec, const Device& device) {
  return {cost_of(device, [&](Program& program) { record_classifier_step(program, spec, "F_A"); }),
          cost_of(device, [&](Program& program) { record_tuna_net_step(program, tuna_net_step_options(spec)); })};
}

Estimate estimate(const Spec& spec, const RunData& data, const Device& device) {
  const StepCosts cost = measure_steps(spec, device);
  const auto epochs = [&](size_t images) {
    return double(spec.pretrain.epochs * classifier_steps_per_epoch(spec, images)) * cost.classifier.seconds;
  };
  Estimate result;
  result.pretrain_seconds = epochs(data.source("train").size());
  result.joint_seconds = double(joint_steps(spec, data).total) * cost.joint.seconds;
  if (spec.evaluate.supervised) result.supervised_seconds = epochs(RunData::labelled(data.target("train")).size());
  result.peak_bytes = std::max(cost.classifier.bytes, cost.joint.bytes);
  return result;
}

std::string to_text(const Estimate& estimate) {
  std::string text = fmt::format("about {} (pretraining {}, joint training {}", human_seconds(estimate.seconds()),
                                 human_seconds(estimate.pretrain_seconds), human_seconds(estimate.joint_seconds));
  if (estimate.supervised_seconds > 0) text += ", supervised bound " + human_seconds(estimate.supervised_seconds);
  return text + ") and " + human_bytes(estimate.peak_bytes) + " of memory";
}

}  // namespace tuna
