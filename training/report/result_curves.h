// ROC and calibration curves of classifiers.
#pragma once

#include <string>
#include <vector>

#include "training/report/evaluation_rows.h"
#include "training/report/result_tables.h"

namespace tuna {

/// Figures of the rows that have curves; empty if none has.
std::string result_curves(const std::vector<EvaluationRow>& rows, const TestImages& images);

}  // namespace tuna
