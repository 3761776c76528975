// Trains the runs of a comparison.
#pragma once

#include <string>
#include <vector>

#include "training/compare/comparison.h"

namespace tuna {

enum class RunState : uint8_t { missing, interrupted, finished };

/// By the files of the run: evaluation.json is written last.  Throws Error if the run in that folder has other settings
/// than this comparison.
RunState state_of(const ComparedRun& run);

/// Trains what is missing of these runs, and resumes what was interrupted.  Several processes may work on one
/// comparison at once: a run that another one trains is left to it, and taken over if that process ends before the run
/// does.  A phase that a finished run of the same part has trained in the same way is copied from it.  `device`: empty
/// for the spec's.  Throws Interrupted if a signal requests a stop; runs that fail do not stop the others, and are
/// named in an Error at the end.
void train_runs(const Comparison& comparison, const std::vector<ComparedRun>& runs, const std::string& device);

}  // namespace tuna
