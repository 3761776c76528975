#include "training/evaluation/predictions.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"

namespace tuna {

void check_predictions(const Predictions& predictions) {
  const size_t count = predictions.scores.size();
  check(count > 0, "metrics: no predictions");
  check(predictions.positive.size() == count, "metrics: {} scores and {} labels", count, predictions.positive.size());
  check(predictions.patients.empty() || predictions.patients.size() == count, "metrics: {} scores and {} patients",
        count, predictions.patients.size());
  for (size_t i = 0; i < count; ++i)
    check(std::isfinite(predictions.scores[i]), "metrics: score {} of {} is {}", i + 1, count, predictions.scores[i]);
  const auto positives = std::count(predictions.positive.begin(), predictions.positive.end(), true);
  check(positives > 0, "metrics: all {} images are negative; both classes are needed", count);
  check(positives < std::ptrdiff_t(count), "metrics: all {} images are positive; both classes are needed", count);
}

}  // namespace tuna
