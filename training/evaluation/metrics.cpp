#include "training/evaluation/metrics.h"

#include <cmath>

#include "engine/base/check.h"
#include "training/evaluation/curves.h"
#include "training/evaluation/ranking.h"

namespace tuna {
namespace {

/// Sum over the ties, from the highest score: precision times the step in recall.
double average_precision(const std::vector<Tie>& ties, const Tie& all) {
  double sum = 0;
  int64_t true_positives = 0, false_positives = 0;
  for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
    true_positives += tie->positives;
    false_positives += tie->negatives;
    if (tie->positives > 0)
      sum += double(tie->positives) * double(true_positives) / double(true_positives + false_positives);
  }
  return sum / double(all.positives);
}

double brier(const std::vector<Tie>& ties, const Tie& all) {
  double sum = 0;
  for (const Tie& tie : ties)
    sum += double(tie.positives) * (1 - tie.score) * (1 - tie.score) + double(tie.negatives) * tie.score * tie.score;
  return sum / double(all.positives + all.negatives);
}

double expected_calibration_error(const std::vector<Tie>& ties, const Tie& all) {
  double sum = 0;
  for (const CalibrationBin& bin : calibration_bins(ties))
    sum += std::abs(bin.sum_of_scores - double(bin.positives));  // the difference of the means, times the images
  return sum / double(all.positives + all.negatives);
}

Metrics measure(const std::vector<Tie>& ties, double threshold) {
  const Tie all = sum(ties);
  int64_t true_positives = 0, false_positives = 0;
  for (const Tie& tie : ties)
    if (tie.score >= threshold) {
      true_positives += tie.positives;
      false_positives += tie.negatives;
    }
  const int64_t true_negatives = all.negatives - false_positives, false_negatives = all.positives - true_positives;
  Metrics metrics;
  metrics.auc = auc(ties);
  metrics.average_precision = average_precision(ties, all);
  metrics.accuracy = double(true_positives + true_negatives) / double(all.positives + all.negatives);
  metrics.sensitivity = double(true_positives) / double(all.positives);
  metrics.specificity = double(true_negatives) / double(all.negatives);
  metrics.f1 = 2.0 * double(true_positives) / double(2 * true_positives + false_positives + false_negatives);
  metrics.brier = brier(ties, all);
  metrics.expected_calibration_error = expected_calibration_error(ties, all);
  return metrics;
}

}  // namespace

double auc(const Predictions& predictions) {
  check_predictions(predictions);
  return auc(Ranking(predictions).ties());
}

double youden_threshold(const Predictions& predictions) {
  check_predictions(predictions);
  const std::vector<Tie> ties = Ranking(predictions).ties();
  const Tie all = sum(ties);
  int64_t true_positives = 0, false_positives = 0, best_index = -1;
  double best = ties.back().score;
  for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
    true_positives += tie->positives;
    false_positives += tie->negatives;
    // Youden's index times both counts: whole, so that equal ones compare equal.
    const int64_t index = true_positives * all.negatives - false_positives * all.positives;
    if (index > best_index) {
      best_index = index;
      best = tie->score;
    }
  }
  return best;
}

Metrics measure(const Predictions& predictions, double threshold) {
  check_predictions(predictions);
  return measure(Ranking(predictions).ties(), threshold);
}

MetricIntervals bootstrap(const Predictions& predictions, double threshold, int64_t rounds, uint64_t seed,
                          const std::function<void()>& between_rounds) {
  check_predictions(predictions);
  check(rounds > 0, "bootstrap: {} rounds, at least 1 is needed", rounds);
  const Ranking ranking(predictions);
  const PatientResampling resampling({&predictions});
  std::vector<Metrics> measured;
  for (uint32_t round = 0; int64_t(measured.size()) < rounds; ++round) {
    if (between_rounds) between_rounds();
    Random random(seed, "bootstrap", round);
    const std::vector<Tie> ties = ranking.ties(resampling.draw(random)[0]);
    const Tie all = sum(ties);
    if (all.positives > 0 && all.negatives > 0) measured.push_back(measure(ties, threshold));
  }
  MetricIntervals intervals{};
  for (const NamedMetric& metric : kMetrics) {
    std::vector<double> values;
    for (const Metrics& each : measured) values.push_back(each.*metric.value);
    intervals.*metric.interval = percentile_interval(std::move(values));
  }
  return intervals;
}

UnsupervisedValidators unsupervised_validators(const std::vector<double>& probabilities, int64_t classes) {
  check(classes >= 2, "unsupervised_validators: {} classes, at least 2 are needed", classes);
  check(!probabilities.empty() && probabilities.size() % size_t(classes) == 0,
        "unsupervised_validators: {} probabilities for {} classes", probabilities.size(), classes);
  const auto surprise = [](double p) { return p > 0 ? -p * std::log(p) : 0.0; };
  const size_t images = probabilities.size() / size_t(classes);
  std::vector<double> mean(size_t(classes), 0.0);
  double entropy = 0;
  for (size_t image = 0; image < images; ++image) {
    double total = 0;
    for (size_t c = 0; c < size_t(classes); ++c) {
      const double p = probabilities[image * size_t(classes) + c];
      check(p >= 0 && p <= 1, "unsupervised_validators: image {} of {} has a probability of {}", image + 1, images, p);
      total += p;
      mean[c] += p / double(images);
      entropy += surprise(p) / double(images);
    }
    check(std::abs(total - 1) < 1e-3, "unsupervised_validators: the probabilities of image {} of {} sum to {:g}, not 1",
          image + 1, images, total);
  }
  double entropy_of_mean = 0;
  for (const double p : mean) entropy_of_mean += surprise(p);
  return {entropy, entropy_of_mean - entropy};
}

}  // namespace tuna
