#include "training/methods/tuna_net_epochs.h"

#include <algorithm>
#include <cmath>

namespace tuna {
namespace {

constexpr int64_t kMostPretrainEpochs = 20, kMostEpochs = 100, kFewestEpochs = 5, kFewestSteps = 100;

int64_t whole_times(double seconds, double each) { return int64_t(std::floor(std::clamp(seconds / each, 0.0, 1e12))); }

}  // namespace

StarterEpochs starter_epochs(const StepSeconds& step, const StepsPerEpoch& steps, double budget_seconds) {
  const double pretrain_epoch = double(steps.classifier) * step.classifier;
  StarterEpochs epochs{};
  epochs.pretrain = std::clamp<int64_t>(whole_times(budget_seconds / 5, pretrain_epoch), 1, kMostPretrainEpochs);
  epochs.pretrain_seconds = double(epochs.pretrain) * pretrain_epoch;

  const int64_t joint_steps = whole_times(budget_seconds - epochs.pretrain_seconds, step.joint);
  int64_t per_epoch = steps.joint;
  epochs.train = std::min(kMostEpochs, joint_steps / (2 * per_epoch));
  if (epochs.train < kFewestEpochs) {
    epochs.train = kFewestEpochs;
    per_epoch = std::clamp(joint_steps / (2 * kFewestEpochs), std::min(kFewestSteps, steps.joint), steps.joint);
    if (per_epoch < steps.joint) epochs.steps_per_epoch = per_epoch;
  }
  epochs.decay = epochs.train;
  epochs.joint_seconds = double(2 * epochs.train * per_epoch) * step.joint;
  return epochs;
}

}  // namespace tuna
