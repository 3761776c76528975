// Losses, learning rates and validations over the steps of a phase.
#pragma once

#include <string>

#include "training/report/run_metrics.h"

namespace tuna {

/// A figure with a small chart for each loss and each figure of validation images, and one for the learning rates.
std::string training_curves(const PhaseMetrics& phase);

}  // namespace tuna
