#include "training/evaluation/decision.h"

#include <algorithm>
#include <cmath>

namespace tuna {

double score(const Probabilities& probabilities, size_t sample, const Spec& spec) {
  const auto positive = std::find(spec.classes.begin(), spec.classes.end(), spec.positive) - spec.classes.begin();
  const double score = probabilities.of(sample, positive);
  check(std::isfinite(score), "the probabilities of image {} are not finite: the classifier's weights are damaged",
        sample + 1);
  return score;
}

std::string decide(const Probabilities& probabilities, size_t sample, const std::optional<double>& threshold,
                   const Spec& spec) {
  if (!threshold) return spec.classes[size_t(probabilities.winner(sample))];
  if (score(probabilities, sample, spec) >= *threshold) return spec.positive;
  size_t best = spec.classes.size();
  for (size_t label = 0; label < spec.classes.size(); ++label)
    if (spec.classes[label] != spec.positive
        && (best == spec.classes.size()
            || probabilities.of(sample, int64_t(label)) > probabilities.of(sample, int64_t(best))))
      best = label;
  return spec.classes[best];
}

}  // namespace tuna
