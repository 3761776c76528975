// What a run will cost, measured before it begins.
#pragma once

#include <string>
#include <vector>

#include "training/methods/method.h"

namespace tuna {

struct StepCost {
  double seconds;
  size_t bytes;  // State and arena
  double flops;
};

/// Runs a phase's step on blank images, and times it once it runs as it will in training: the average of so many as
/// take a second, of one at least.  A step that one of `known` equals in work and memory is not timed again.
StepCost measure_step(const Phase& phase, const Target& target, const std::vector<StepCost>& known = {});

struct Estimate {
  struct OfPhase {
    std::string phase;
    double seconds;
  };
  std::vector<OfPhase> phases;
  size_t peak_bytes = 0;  // State and arena of the largest phase; loaded images come on top

  double seconds() const;
};

/// Of all steps of these phases, from those that measure_step() times.
Estimate estimate(const std::vector<Phase>& phases, const Target& target);

std::string to_text(const Estimate& estimate);

}  // namespace tuna
