// Pictures of the worst mistakes of a finished run, with Grad-CAM.
#pragma once

#include <vector>

#include "training/evaluation/evaluate.h"
#include "training/run/run_folder.h"

namespace tuna {

/// Writes the pictures that the page shows (training/report/mistakes.h) for the row of `rows` that has mistakes, and
/// removes earlier ones.  Pictures that cannot be written are a warning: the run is worth more than its report.
void write_mistake_pictures(RunFolder& run, const std::vector<Evaluation>& rows, const Target& target);

}  // namespace tuna
