// Metrics of scores: AUC, average precision, calibration, the rates at a threshold, their confidence intervals, and two
// validators without labels.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "training/evaluation/predictions.h"
#include "training/evaluation/resampling.h"

namespace tuna {

// The functions on Predictions throw Error without at least one image of each class and finite scores.

/// Area under the ROC curve: the fraction of pairs in which the positive scores higher than the negative, an equal
/// score counting half (Mann and Whitney's U over the number of pairs).
double auc(const Predictions& predictions);
constexpr double kAucOfChance = 0.5;

/// The threshold with the largest Youden index, sensitivity + specificity - 1, where score >= threshold is positive.
/// It is one of the scores; of equally good ones the highest, which classifies fewer images as positive.
double youden_threshold(const Predictions& predictions);

/// A value for each metric.
template <class Value>
struct PerMetric {
  Value auc;
  Value average_precision;  ///< sum over the distinct scores, from the highest: precision times the step in recall
  Value accuracy, sensitivity, specificity;
  Value f1;     ///< of the positive class: 2 TP / (2 TP + FP + FN)
  Value brier;  ///< mean of (score - label)^2, the label of the positive class being 1 (Brier, 1950)
  Value expected_calibration_error;  ///< mean of |mean score - fraction positive| over calibration_bins(), weighted by
                                     ///< their images (Naeini et al., 2015)
};

using Metrics = PerMetric<double>;
using MetricIntervals = PerMetric<Interval>;

struct NamedMetric {
  const char* name;
  double Metrics::*value;
  Interval MetricIntervals::*interval;
};

/// All metrics by the names of evaluation.json.
constexpr std::array<NamedMetric, 8> kMetrics = {{
    {"auc", &Metrics::auc, &MetricIntervals::auc},
    {"average_precision", &Metrics::average_precision, &MetricIntervals::average_precision},
    {"accuracy", &Metrics::accuracy, &MetricIntervals::accuracy},
    {"sensitivity", &Metrics::sensitivity, &MetricIntervals::sensitivity},
    {"specificity", &Metrics::specificity, &MetricIntervals::specificity},
    {"f1", &Metrics::f1, &MetricIntervals::f1},
    {"brier", &Metrics::brier, &MetricIntervals::brier},
    {"expected_calibration_error", &Metrics::expected_calibration_error, &MetricIntervals::expected_calibration_error},
}};

/// score >= threshold is positive.
Metrics measure(const Predictions& predictions, double threshold);

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
