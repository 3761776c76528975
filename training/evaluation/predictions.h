// Scores of labelled images, which metrics, curves and comparisons are computed from.
#pragma once

#include <string>
#include <vector>

namespace tuna {

/// One entry per image.
struct Predictions {
  std::vector<double> scores;         ///< probability of the positive class
  std::vector<bool> positive;         ///< whether the label is the positive class
  std::vector<std::string> patients;  ///< of each image; empty: all of different patients
};

/// Throws Error without at least one image of each class, and if a score is not finite.
void check_predictions(const Predictions& predictions);

}  // namespace tuna
