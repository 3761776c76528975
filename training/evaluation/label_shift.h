// Label shift: the fraction of positive images in a domain without labels, and the threshold that it implies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "training/evaluation/predictions.h"

namespace tuna {

struct PriorEstimate {
  std::optional<double> prior;  ///< fraction of positive images, in [0, 1]
  std::string unavailable;      ///< the reason if there is none
};

/// Black-box shift estimation (Lipton, Wang and Smola, ICML 2018), the positive class against the rest: the prior p of
/// the target that solves predicted = sensitivity p + false positive rate (1 - p), clipped to [0, 1].  Score >=
/// threshold is predicted positive; the rates are those of the labelled `source`, `predicted` is the fraction of the
/// target's scores.  Assumes that images of one class look the same in both.  None if the rates differ by less than
/// 0.1, as the confusion matrix is then nearly singular, or if p is more than 0.05 outside of [0, 1], which that
/// assumption does not allow.  Throws Error as check_predictions() does, without target scores, and if one is not
/// finite.
PriorEstimate estimate_prior(const Predictions& source, const std::vector<double>& target_scores, double threshold);

/// The threshold at which the fraction of scores >= threshold is nearest to `fraction`: one of the scores, or just
/// above all of them.  Of two equally near ones the higher.
double threshold_for_fraction(const std::vector<double>& scores, double fraction);

}  // namespace tuna
