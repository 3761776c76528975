// Which weights a phase kept, next to those that labels of the target would have chosen.
#pragma once

#include <string>
#include <vector>

#include "training/report/run_metrics.h"

namespace tuna {

/// A table of the phases that logged an AUC on validation images of the target, the oracle's; empty if none did.
std::string kept_weights_table(const std::vector<PhaseMetrics>& phases);

}  // namespace tuna
