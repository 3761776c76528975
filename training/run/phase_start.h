// The point from which each phase of a resumed run continues.
#pragma once

#include <filesystem>
#include <string>

#include "training/methods/method.h"
#include "training/run/checkpoint.h"

namespace tuna {

struct PhaseStart {
  bool finished = false;             // its result has at least as many steps as are wanted
  std::filesystem::path checkpoint;  // to continue from; empty: the phase's beginning
  Progress progress;
  std::string warning;  // of checkpoints that cannot be read
};

/// Reads the state of a phase from the run folder.  A phase with fewer than phase.steps() steps continues from its
/// newest checkpoint, also if it was finished with fewer; one that was interrupted with more ends with that
/// checkpoint's networks.  Throws Error if a checkpoint is needed and there is none, or if the result is
/// damaged.
PhaseStart phase_start(const std::filesystem::path& run, const Phase& phase);

}  // namespace tuna
