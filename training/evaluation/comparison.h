// Statistics over runs: folds, seeds, and methods on the same test images.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "training/evaluation/resampling.h"

namespace tuna {

struct MeanAndDeviation {
  double mean;
  std::optional<double> deviation;  ///< of the sample, over n - 1; none for one value
};

/// Throws Error without a value.
MeanAndDeviation mean_and_deviation(const std::vector<double>& values);

/// The scores of one method, an entry for each run: a fold, a seed, or both.
using ScoresOfRuns = std::vector<Predictions>;

struct Estimate {
  double value;
  std::optional<Interval> interval;  ///< 95 %
};

// The intervals are percentile bootstraps over patients, `rounds` > 0 times.  A draw of patients is the same for all
// methods and runs, so the difficulty of an image for all of them cancels; a draw without both classes in each run is
// repeated.  Runs are not resampled: mean_and_deviation() says how much they differ.  Throws Error unless the methods
// have the same runs with the same labels and patients.

/// The mean over the runs of AUC(one) - AUC(other).
Estimate difference_in_auc(const ScoresOfRuns& one, const ScoresOfRuns& other, int64_t rounds, uint64_t seed);

/// (adapted - before) / (supervised - before), each a mean of the AUC over the runs: 1 if adaptation reaches what
/// labels of the target would.  There is no interval if a draw has no gap, as the share is then unbounded.  Throws
/// Error if supervised is not above before.
Estimate share_of_gap_closed(const ScoresOfRuns& before, const ScoresOfRuns& adapted, const ScoresOfRuns& supervised,
                             int64_t rounds, uint64_t seed);

}  // namespace tuna
