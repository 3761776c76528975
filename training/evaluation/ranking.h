// Predictions in the order of their scores, with the images of one score counted together.
#pragma once

#include <cstdint>
#include <vector>

#include "training/evaluation/predictions.h"

namespace tuna {

/// Images of one score, by class.
struct Tie {
  double score;
  int64_t positives = 0, negatives = 0;
};

/// Predictions sorted by score once, so that each resampling only counts.
class Ranking {
 public:
  explicit Ranking(const Predictions& predictions);

  /// Ties in ascending order of score; image i counts times[i] times, and a tie may be of no image.
  std::vector<Tie> ties(const std::vector<int64_t>& times) const;

  /// The same with every image once.
  std::vector<Tie> ties() const;

 private:
  std::vector<bool> positive_;
  std::vector<double> scores_;  // distinct, ascending
  std::vector<size_t> tie_of_;  // position of an image's score among them
};

/// All images, by class.
Tie sum(const std::vector<Tie>& ties);

/// Area under the ROC curve of ties of both classes.
double auc(const std::vector<Tie>& ties);

}  // namespace tuna
