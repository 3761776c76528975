// What a run will cost, measured before it begins.
#pragma once

#include <string>

#include "engine/device.h"
#include "training/run_data.h"
#include "training/spec.h"

namespace tuna {

struct Estimate {
  double pretrain_seconds = 0, joint_seconds = 0, supervised_seconds = 0;
  size_t peak_bytes = 0;  // State and arena of the larger phase; loaded images come on top

  double seconds() const { return pretrain_seconds + joint_seconds + supervised_seconds; }
};

/// Runs one step of each phase on blank images, and times it once it runs as it will in training.
Estimate estimate(const Spec& spec, const RunData& data, const Device& device);

std::string to_text(const Estimate& estimate);

}  // namespace tuna
