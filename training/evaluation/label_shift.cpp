#include "training/evaluation/label_shift.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "engine/base/check.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

constexpr double kLeastDeterminant = 0.1, kSamplingError = 0.05;

void check_scores(const std::vector<double>& scores) {
  check(!scores.empty(), "label shift: no scores of the target");
  for (size_t i = 0; i < scores.size(); ++i)
    check(std::isfinite(scores[i]), "label shift: score {} of {} is {}", i + 1, scores.size(), scores[i]);
}

}  // namespace

PriorEstimate estimate_prior(const Predictions& source, const std::vector<double>& target_scores, double threshold) {
  check_scores(target_scores);
  const Metrics on_source = measure(source, threshold);
  const double false_positive_rate = 1 - on_source.specificity;
  const double determinant = on_source.sensitivity - false_positive_rate;  // of [P(predicted class | class)]
  if (determinant < kLeastDeterminant)
    return {{},
            fmt::format("on the source's validation images the sensitivity, {:.3f}, is not {} above the false positive "
                        "rate, {:.3f}",
                        on_source.sensitivity, kLeastDeterminant, false_positive_rate)};
  const auto positive =
      std::count_if(target_scores.begin(), target_scores.end(), [&](double score) { return score >= threshold; });
  const double predicted = double(positive) / double(target_scores.size());
  const double solution = (predicted - false_positive_rate) / determinant;
  if (solution < -kSamplingError || solution > 1 + kSamplingError)
    return {
        {},
        fmt::format("{:.3f} of the target's images are classified as positive, {} {:.3f} of the source's {} images, "
                    "so images of one class look different in the two domains",
                    predicted, solution > 1 ? "more than" : "fewer than",
                    solution > 1 ? on_source.sensitivity : false_positive_rate, solution > 1 ? "positive" : "other")};
  return {std::clamp(solution, 0.0, 1.0), ""};
}

double threshold_for_fraction(const std::vector<double>& scores, double fraction) {
  check_scores(scores);
  std::vector<double> sorted = scores;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double best = std::nextafter(sorted[0], std::numeric_limits<double>::infinity()), distance = std::abs(fraction);
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i + 1 < sorted.size() && sorted[i + 1] == sorted[i]) continue;  // equal scores are positive together
    const double now = std::abs(double(i + 1) / double(sorted.size()) - fraction);
    if (now >= distance) continue;
    distance = now;
    best = sorted[i];
  }
  return best;
}

}  // namespace tuna
