// Numbers of epochs for a time budget.
#pragma once

#include <cstdint>

namespace tuna {

struct StepSeconds {
  double classifier, joint;
};

/// Of one epoch; `joint` is the larger domain's.
struct StepsPerEpoch {
  int64_t classifier, joint;
};

struct StarterEpochs {
  int64_t pretrain, train, decay;
  int64_t steps_per_epoch;  ///< 0: all of the larger domain
  double pretrain_seconds, joint_seconds;

  double seconds() const { return pretrain_seconds + joint_seconds; }
};

/// At most 20 epochs of pretraining within a fifth of the budget, and at most the paper's 100 and 100 of joint training
/// within the rest.  If there is no time for 5 and 5, those have fewer steps.  The minimum is 1 epoch, then 5 and 5 of
/// 100 steps (or all images, if they are fewer), which may take longer than the budget.
StarterEpochs starter_epochs(const StepSeconds& step, const StepsPerEpoch& steps, double budget_seconds);

}  // namespace tuna
