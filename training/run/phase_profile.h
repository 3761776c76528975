// The time of a phase by operation: `tuna train --profile`.
#pragma once

#include "engine/compile/profile.h"
#include "training/run/run_folder.h"

namespace tuna {

class PhaseProfile {
 public:
  /// Runs a step and times it.
  void run(Executable& step) { profile_.run(step); }

  /// Writes profile.txt and trace.json of the run.
  void write(RunFolder& run, const Executable& step) const;

 private:
  Profile profile_;
};

}  // namespace tuna
