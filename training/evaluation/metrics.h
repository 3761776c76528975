// Metrics of scores: AUC, the rates at a threshold, their confidence intervals, and two validators without labels.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tuna {

/// One entry per image.  The functions on it throw Error without at least one image of each class and finite scores.
struct Predictions {
  std::vector<double> scores;         ///< probability of the positive class
  std::vector<bool> positive;         ///< whether the label is the positive class
  std::vector<std::string> patients;  ///< of each image; empty: all of different patients
};

/// Area under the ROC curve: the fraction of pairs in which the positive scores higher than the negative, an equal
/// score counting half (Mann and Whitney's U over the number of pairs).
double auc(const Predictions& predictions);

/// The threshold with the largest Youden index, sensitivity + specificity - 1, where score >= threshold is positive.
/// It is one of the scores; of equally good ones the highest, which classifies fewer images as positive.
double youden_threshold(const Predictions& predictions);

struct Metrics {
  double auc, accuracy, sensitivity, specificity, f1;
};

/// score >= threshold is positive.  F1 is of the positive class: 2 TP / (2 TP + FP + FN).
Metrics measure(const Predictions& predictions, double threshold);

struct Interval {
  double low, high;
};

struct MetricIntervals {
  Interval auc, accuracy, sensitivity, specificity, f1;
};

/// 95 % confidence intervals by the percentile bootstrap (Efron, 1979): `rounds` > 0 times, all patients are
/// resampled with replacement, each with all of its images, and measured at the same threshold; the interval lies
/// between the 2.5 and 97.5 percentiles, interpolated linearly.  A draw without both classes is repeated.
/// `between_rounds` may throw to end it.
MetricIntervals bootstrap(const Predictions& predictions, double threshold, int64_t rounds, uint64_t seed,
                          const std::function<void()>& between_rounds = {});

/// Validators of a classifier's outputs on unlabelled images, in nats.
struct UnsupervisedValidators {
  double entropy;      ///< mean entropy of the outputs; lower: more confident (Morerio et al., 2018)
  double information;  ///< entropy of the mean output, minus that; higher: confident, and not always in one class
};

/// probabilities: [N, classes], N > 0; each row sums to 1.
UnsupervisedValidators unsupervised_validators(const std::vector<double>& probabilities, int64_t classes);

}  // namespace tuna
