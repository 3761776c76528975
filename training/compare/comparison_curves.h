// ROC and calibration curves of a comparison.
#pragma once

#include <string>

#include "training/compare/results.h"

namespace tuna {

/// The mean of staircases at the same `points` false positive rates from 0 to 1, with their range as the band (vertical
/// averaging, Fawcett 2006).  Each curve is in ascending order of both rates.
Series mean_roc(const std::string& name, const std::vector<std::vector<Point>>& curves, size_t points = 101);

/// A small chart per method: figures of ROC and of calibration curves.
std::string compared_curves(const ComparisonResults& results);

}  // namespace tuna
