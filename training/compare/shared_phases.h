// Networks that a run of a comparison takes over from another one.
#pragma once

#include <filesystem>
#include <string>

#include "training/compare/comparison.h"
#include "training/run/trainer.h"

namespace tuna {

/// For TrainOptions::trained_elsewhere: the results of phases that other runs of the same part have trained in the
/// same way (same_training.h), so to the same bits.
TrainedElsewhere phases_shared_with(const Comparison& comparison, const ComparedRun& run);

}  // namespace tuna
