#include "training/estimate.h"

#include <algorithm>
#include <chrono>

#include "engine/describe.h"
#include "training/classifier_phase.h"
#include "training/console.h"
#include "training/methods/tuna_net.h"

namespace tuna {
namespace {

struct StepCost {
  double seconds;
  size_t bytes;
};

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
  step.run();
  step.wait();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          state.bytes() + step.plan().bytes};
}

}  // namespace

Estimate estimate(const Spec& spec, const RunData& data, const Device& device) {
  const StepCost classifier = cost_of(device, [&](Program& program) { record_classifier_step(program, spec, "F_A"); });
  const StepCost joint =
      cost_of(device, [&](Program& program) { record_tuna_net_step(program, tuna_net_step_options(spec)); });
  const auto epochs = [&](size_t images) {
    return double(spec.pretrain.epochs * classifier_steps_per_epoch(spec, images)) * classifier.seconds;
  };
  Estimate result;
  result.pretrain_seconds = epochs(data.source("train").size());
  result.joint_seconds = double(joint_steps(spec, data).total) * joint.seconds;
  if (spec.evaluate.supervised) result.supervised_seconds = epochs(RunData::labelled(data.target("train")).size());
  result.peak_bytes = std::max(classifier.bytes, joint.bytes);
  return result;
}

std::string to_text(const Estimate& estimate) {
  std::string text = fmt::format("about {} (pretraining {}, joint training {}", human_seconds(estimate.seconds()),
                                 human_seconds(estimate.pretrain_seconds), human_seconds(estimate.joint_seconds));
  if (estimate.supervised_seconds > 0) text += ", supervised bound " + human_seconds(estimate.supervised_seconds);
  return text + ") and " + human_bytes(estimate.peak_bytes) + " of memory";
}

}  // namespace tuna
