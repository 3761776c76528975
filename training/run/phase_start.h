// Where each phase of a resumed run goes on.
#pragma once

#include <filesystem>
#include <string>

#include "training/methods/method.h"
#include "training/run/checkpoint.h"

namespace tuna {

struct PhaseStart {
  bool finished = false;             // its result has at least as many steps as are wanted
  std::filesystem::path checkpoint;  // what to go on from; empty: the phase's beginning
  Progress progress;
  std::string warning;  // of checkpoints that cannot be read
};

/// Looks at what the run folder holds of a phase.  A phase with fewer steps than that
/// goes on from its newest checkpoint, also where it was finished with fewer; one that was interrupted with more ends
/// with that checkpoint's networks.  Throws Error where a checkpoint is needed and there is none.
PhaseStart phase_start(const std::filesystem::path& run, const Phase& phase);

}  // namespace tuna
