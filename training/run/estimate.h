// What a run will cost, measured before it begins.
#pragma once

#include <string>
#include <vector>

#include "engine/runtime/target.h"
#include "training/methods/method.h"

namespace tuna {

struct StepCost {
  double seconds;
  size_t bytes;  // State and arena
  double flops;
};

/// Runs a phase's step on blank images, and times it after warming up: the average over at most a second or ten steps,
/// at least one.  A step with the same FLOPs and bytes as one of `known` is not timed again.
StepCost measure_step(const Phase& phase, const Target& target, const std::vector<StepCost>& known = {});

struct Estimate {
  struct OfPhase {
    std::string phase;
    double seconds;
  };
  std::vector<OfPhase> phases;
  size_t peak_bytes = 0;  // State and arena of the largest phase, without loaded images

  double seconds() const;
};

/// The cost of all steps of these phases, by measure_step().
Estimate estimate(const std::vector<Phase>& phases, const Target& target);

std::string to_text(const Estimate& estimate);

}  // namespace tuna
