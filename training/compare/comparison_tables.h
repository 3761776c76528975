// The tables of a comparison's page.
#pragma once

#include <string>

#include "training/compare/results.h"

namespace tuna {

/// AUC and the rates at each threshold, mean and deviation over the runs; the paper's figures follow a row of the same
/// name, and the best trivial feature comes last.
std::string compared_results_table(const ComparisonResults& results);

/// Gain in AUC and share of the gap, with their intervals; empty without a classifier to compare with.
std::string gains_table(const ComparisonResults& results);

/// Measures of the scores themselves.
std::string compared_scores_table(const ComparisonResults& results);

/// A line for each finished run, with a link to its own page.
std::string runs_table(const ComparisonResults& results);

}  // namespace tuna
