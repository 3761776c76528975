// Where the time of a phase goes, operation by operation: `tuna train --profile`.
#pragma once

#include "engine/compile/profile.h"
#include "training/run/run_folder.h"

namespace tuna {

class PhaseProfile {
 public:
  /// A step, timed.
  void run(Executable& step) { profile_.run(step); }

  /// profile.txt and trace.json of the run.
  void write(RunFolder& run, const Executable& step) const;

 private:
  Profile profile_;
};

}  // namespace tuna
