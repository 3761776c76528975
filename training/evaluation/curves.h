// Curves for plotting: ROC, and calibration by bins of the score.
#pragma once

#include <cstdint>
#include <vector>

#include "training/evaluation/predictions.h"
#include "training/evaluation/ranking.h"

namespace tuna {

struct RocPoint {
  double false_positive_rate, true_positive_rate;
};

/// From (0, 0) to (1, 1), a point per distinct score.  Points on a straight line between their neighbours are left out,
/// and of more than `most` >= 2 that remain, some at even distances in the list.
std::vector<RocPoint> roc_curve(const Predictions& predictions, size_t most = 200);

/// Images whose score is above `from` and at most `to`; a score of 0 or less is in the first bin.
struct CalibrationBin {
  double from, to;
  int64_t images, positives;
  double sum_of_scores;

  double mean_score() const { return sum_of_scores / double(images); }
  double fraction_positive() const { return double(positives) / double(images); }
};

constexpr int64_t kCalibrationBins = 15;  // as Guo et al. (2017)

/// Those of the kCalibrationBins bins of equal width that have images, in ascending order.
std::vector<CalibrationBin> calibration_bins(const Predictions& predictions);
std::vector<CalibrationBin> calibration_bins(const std::vector<Tie>& ties);

}  // namespace tuna
