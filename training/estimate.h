// What a run will cost, measured before it begins.
#pragma once

#include <string>

#include "engine/device.h"
#include "training/run_data.h"
#include "training/spec.h"

namespace tuna {

struct StepCost {
  double seconds;
  size_t bytes;  // State and arena
};

struct StepCosts {
  StepCost classifier, joint;
};

/// Runs steps of each phase on blank images, and times them once they run as they will in training: the average of so
/// many as take a second, of one at least.
StepCosts measure_steps(const Spec& spec, const Device& device);

struct Estimate {
  double pretrain_seconds = 0, joint_seconds = 0, supervised_seconds = 0;
  size_t peak_bytes = 0;  // State and arena of the larger phase; loaded images come on top

  double seconds() const { return pretrain_seconds + joint_seconds + supervised_seconds; }
};

/// Of all steps that the spec asks for, from those that measure_steps times.
Estimate estimate(const Spec& spec, const RunData& data, const Device& device);

std::string to_text(const Estimate& estimate);

}  // namespace tuna
