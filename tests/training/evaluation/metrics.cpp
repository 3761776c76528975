#include "training/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/check.h"
#include "engine/base/random.h"
#include "tests/catch.h"

namespace tuna {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// N random images, every patient with two of them.
Predictions random_predictions(size_t count) {
  Predictions predictions;
  Random random(7, "metrics test");
  for (size_t i = 0; i < count; ++i) {
    const bool positive = i % 2 == 0;
    predictions.positive.push_back(positive);
    predictions.scores.push_back(0.5 + (positive ? 0.1 : -0.1) + 0.2 * random.normal());
    predictions.patients.push_back(fmt::format("{}", i / 2));
  }
  return predictions;
}

}  // namespace

TEST_CASE("auc counts the pairs that are in order", "[metrics]") {
  CHECK(auc({{0.1, 0.4, 0.35, 0.8}, {false, false, true, true}, {}}) == 0.75);
  CHECK(auc({{0.8, 0.35, 0.4, 0.1}, {true, true, false, false}, {}}) == 0.75);
  CHECK(auc({{0.1, 0.2, 0.3}, {false, false, true}, {}}) == 1);
  CHECK(auc({{0.1, 0.2, 0.3}, {true, false, false}, {}}) == 0);
}

TEST_CASE("auc counts a tie as half", "[metrics]") {
  // Pairs (positive, negative): (0.5, 0.5) half, (0.5, 0.2), (0.8, 0.5) and (0.8, 0.2) whole.
  CHECK(auc({{0.5, 0.5, 0.8, 0.2}, {true, false, true, false}, {}}) == 3.5 / 4);
  CHECK(auc({{0.3, 0.3, 0.3}, {true, false, false}, {}}) == 0.5);
}

TEST_CASE("auc is what counting every pair gives", "[metrics]") {
  Predictions predictions = random_predictions(101);
  for (double& score : predictions.scores) score = std::round(score * 20) / 20;  // many ties
  double won = 0, pairs = 0;
  for (size_t i = 0; i < 101; ++i)
    for (size_t j = 0; j < 101; ++j)
      if (predictions.positive[i] && !predictions.positive[j]) {
        const double difference = predictions.scores[i] - predictions.scores[j];
        won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
        ++pairs;
      }
  CHECK(auc(predictions) == won / pairs);
}

TEST_CASE("rates at a threshold, which itself is positive", "[metrics]") {
  //                                      TP    FN    TP    FP    TN
  const Predictions predictions{{0.9, 0.2, 0.5, 0.7, 0.4}, {true, true, true, false, false}, {}};
  const Metrics metrics = measure(predictions, 0.5);
  CHECK(metrics.auc == 3.0 / 6);  // 0.9 before both negatives, 0.5 before one
  CHECK(metrics.accuracy == 3.0 / 5);
  CHECK(metrics.sensitivity == 2.0 / 3);
  CHECK(metrics.specificity == 1.0 / 2);
  CHECK(metrics.f1 == 4.0 / 6);  // precision 2/3, recall 2/3

  CHECK(measure(predictions, 0.51).sensitivity == 1.0 / 3);
  CHECK(measure(predictions, 0).specificity == 0);
  const Metrics none = measure(predictions, 1);
  CHECK(none.sensitivity == 0);
  CHECK(none.specificity == 1);
  CHECK(none.f1 == 0);
}

TEST_CASE("average precision weights precision by the step in recall", "[metrics]") {
  const auto average_precision = [](const Predictions& predictions) {
    return measure(predictions, 0.5).average_precision;
  };
  // From the highest score +, -, +, -: precision 1 at recall 1/2, 2/3 at recall 1.
  CHECK_THAT(average_precision({{0.8, 0.4, 0.35, 0.1}, {true, false, true, false}, {}}),
             WithinAbs(0.5 + 0.5 * 2 / 3, 1e-15));
  CHECK(average_precision({{0.1, 0.2, 0.8, 0.9}, {false, false, true, true}, {}}) == 1);
  // Equal scores are one step, whatever their order: precision 2/3 at recall 1.
  CHECK(average_precision({{0.5, 0.5, 0.5, 0.2}, {true, false, true, false}, {}}) == 2 / 3.0);
  CHECK(average_precision({{0.5, 0.5, 0.5, 0.2}, {false, true, true, false}, {}}) == 2 / 3.0);
  CHECK(average_precision({{0.3, 0.3, 0.3, 0.3}, {true, false, false, false}, {}}) == 0.25);
}

TEST_CASE("Brier score is the mean squared distance to the label", "[metrics]") {
  const Predictions predictions{{0.9, 0.6, 0.3, 0.2}, {true, false, true, false}, {}};
  CHECK_THAT(measure(predictions, 0.5).brier, WithinAbs((0.01 + 0.36 + 0.49 + 0.04) / 4, 1e-15));
  CHECK(measure({{1, 0}, {true, false}, {}}, 0.5).brier == 0);
  CHECK(measure({{1, 0}, {false, true}, {}}, 0.5).brier == 1);
}

TEST_CASE("expected calibration error of 15 bins", "[metrics]") {
  const auto error = [](const Predictions& predictions) {
    return measure(predictions, 0.5).expected_calibration_error;
  };
  // 0.61 and 0.65 share the bin 9/15 to 10/15: mean 0.63, half positive; 0.1 and 0.2 have bins of their own.
  CHECK_THAT(error({{0.61, 0.65, 0.1, 0.2}, {true, false, false, true}, {}}),
             WithinAbs((2 * 0.13 + 0.1 + 0.8) / 4, 1e-15));
  CHECK(error({{1, 0}, {true, false}, {}}) == 0);
  CHECK(error({{0.25, 0.25, 0.25, 0.25}, {true, false, false, false}, {}}) == 0);
}

TEST_CASE("bootstrap gives an interval to each metric", "[metrics]") {
  Predictions predictions = random_predictions(400);
  for (double& score : predictions.scores) score = std::clamp(score, 0.0, 1.0);
  const Metrics metrics = measure(predictions, 0.5);
  const MetricIntervals intervals = bootstrap(predictions, 0.5, 400, 1);
  for (const NamedMetric& metric : kMetrics) {
    INFO(metric.name);
    const Interval interval = intervals.*metric.interval;
    CHECK(interval.low < interval.high);
    CHECK(interval.high - interval.low < 0.2);
    CHECK(interval.low < metrics.*metric.value);
    if (metric.name != std::string("expected_calibration_error")) CHECK(interval.high > metrics.*metric.value);
  }
}

TEST_CASE("Youden's threshold", "[metrics]") {
  // The index at 0.7: 2/3 - 0; at 0.6: 2/3 - 1/2; at 0.5: 1 - 1/2.
  CHECK(youden_threshold({{0.9, 0.7, 0.6, 0.5, 0.1}, {true, true, false, true, false}, {}}) == 0.7);
  // 0.8 and 0.35 both have 1/2: the higher.
  CHECK(youden_threshold({{0.1, 0.4, 0.35, 0.8}, {false, false, true, true}, {}}) == 0.8);
  // A tie of a positive and a negative is taken whole: at 0.5 the index is 1 - 1/3, at 0.9 it is 1/2.
  CHECK(youden_threshold({{0.9, 0.5, 0.5, 0.3, 0.2}, {true, true, false, false, false}, {}}) == 0.5);
  // Scores the wrong way round: nothing beats calling all positive.
  CHECK(youden_threshold({{0.9, 0.8, 0.2, 0.1}, {false, false, true, true}, {}}) == 0.1);
  // Thirds and sevenths, whose rounding must not decide between equal indices: all are 0.
  Predictions even;
  for (int level = 10; level > 0; --level)
    for (int image = 0; image < 10; ++image) {
      even.scores.push_back(level / 10.0);
      even.positive.push_back(image < 3);
    }
  CHECK(youden_threshold(even) == 1.0);
}

TEST_CASE("measuring at Youden's threshold gives its index", "[metrics]") {
  const Predictions predictions = random_predictions(60);
  const double threshold = youden_threshold(predictions);
  const Metrics best = measure(predictions, threshold);
  for (const double score : predictions.scores) {
    const Metrics other = measure(predictions, score);
    CHECK(other.sensitivity + other.specificity <= best.sensitivity + best.specificity + 1e-12);
  }
}

TEST_CASE("bootstrap of perfect scores has no width", "[metrics]") {
  const MetricIntervals intervals = bootstrap({{0.1, 0.2, 0.8, 0.9}, {false, false, true, true}, {}}, 0.5, 50, 1);
  for (const Interval& interval : {intervals.auc, intervals.accuracy, intervals.sensitivity, intervals.f1}) {
    CHECK(interval.low == 1);
    CHECK(interval.high == 1);
  }
}

TEST_CASE("bootstrap draws patients with all of their images", "[metrics]") {
  Predictions predictions{{0.9, 0.8, 0.3, 0.4}, {true, false, true, false}, {"a", "a", "b", "b"}};
  // a twice: AUC 1; b twice: 0; one of each: 2 of 4 pairs.
  const MetricIntervals by_patient = bootstrap(predictions, 0.5, 200, 3);
  CHECK(by_patient.auc.low == 0);
  CHECK(by_patient.auc.high == 1);
  CHECK(by_patient.accuracy.low == 0.5);  // a is right once, b once
  CHECK(by_patient.accuracy.high == 0.5);

  predictions.patients = {"a", "a", "a", "a"};  // one patient: always everything
  const MetricIntervals one = bootstrap(predictions, 0.5, 20, 3);
  CHECK(one.auc.low == 0.5);
  CHECK(one.auc.high == 0.5);

  predictions.patients.clear();  // images for themselves: now accuracy varies
  CHECK(bootstrap(predictions, 0.5, 200, 3).accuracy.low < 0.5);
}

TEST_CASE("bootstrap interval of a proportion is as wide as the normal approximation", "[metrics]") {
  Predictions predictions;
  for (int i = 0; i < 400; ++i) {
    predictions.positive.push_back(i % 2 == 0);
    predictions.scores.push_back((i % 2 == 0) == (i % 10 < 8) ? 0.9 : 0.1);  // four in five are right
  }
  const Interval interval = bootstrap(predictions, 0.5, 2000, 5).accuracy;
  const double half = 1.96 * std::sqrt(0.8 * 0.2 / 400);
  CHECK_THAT(interval.low, WithinAbs(0.8 - half, 0.006));
  CHECK_THAT(interval.high, WithinAbs(0.8 + half, 0.006));
}

TEST_CASE("percentiles are interpolated linearly", "[metrics]") {
  const Predictions predictions = random_predictions(40);
  const double first = bootstrap(predictions, 0.5, 1, 11).auc.low;
  const Interval two = bootstrap(predictions, 0.5, 2, 11).auc;
  const double second = two.low + two.high - first;
  CHECK(first != second);
  CHECK_THAT(two.high - two.low, WithinAbs(0.95 * std::abs(second - first), 1e-12));
}

TEST_CASE("bootstrap is a function of its seed", "[metrics]") {
  const Predictions predictions = random_predictions(40);
  const Interval once = bootstrap(predictions, 0.5, 100, 1).auc, again = bootstrap(predictions, 0.5, 100, 1).auc;
  CHECK(once.low == again.low);
  CHECK(once.high == again.high);
  CHECK(bootstrap(predictions, 0.5, 100, 2).auc.low != once.low);
}

TEST_CASE("bootstrap may be ended between its rounds", "[metrics]") {
  const Predictions predictions{{0.1, 0.7, 0.4, 0.9}, {false, false, true, true}, {}};
  int rounds = 0;
  const auto end_it = [&] {
    if (++rounds == 3) throw Error("stopped");
  };
  CHECK_THROWS_WITH(bootstrap(predictions, 0.5, 1000, 1, end_it), "stopped");
  CHECK(rounds == 3);
  CHECK(bootstrap(predictions, 0.5, 50, 1, [] {}).accuracy.low == bootstrap(predictions, 0.5, 50, 1).accuracy.low);
}

TEST_CASE("bootstrap repeats draws of one class", "[metrics]") {
  const MetricIntervals intervals = bootstrap({{0.9, 0.1, 0.2}, {true, false, false}, {}}, 0.5, 500, 1);
  CHECK(intervals.auc.low == 1);
  CHECK(intervals.specificity.high == 1);
}

TEST_CASE("metrics refuse what they cannot measure", "[metrics]") {
  CHECK_THROWS_WITH(auc({}), Contains("no predictions"));
  CHECK_THROWS_WITH(auc({{0.1, 0.2}, {true}, {}}), Contains("2 scores and 1 labels"));
  CHECK_THROWS_WITH(auc({{0.1, 0.2}, {true, false}, {"a"}}), Contains("2 scores and 1 patients"));
  CHECK_THROWS_WITH(auc({{0.1, 0.2}, {true, true}, {}}),
                    Contains("all 2 images are positive; both classes are needed"));
  CHECK_THROWS_WITH(youden_threshold({{0.1, 0.2, 0.3}, {false, false, false}, {}}),
                    Contains("all 3 images are negative; both classes are needed"));
  CHECK_THROWS_WITH(measure({{0.1, kNan}, {true, false}, {}}, 0.5), Contains("score 2 of 2 is nan"));
  CHECK_THROWS_WITH(bootstrap({{INFINITY, 0.1}, {true, false}, {}}, 0.5, 10, 0), Contains("score 1 of 2 is inf"));
  CHECK_THROWS_WITH(bootstrap({{0.2, 0.1}, {true, false}, {}}, 0.5, 0, 0), Contains("0 rounds"));
}

TEST_CASE("entropy and information of outputs", "[metrics]") {
  const double ln2 = std::log(2.0);
  const UnsupervisedValidators decided = unsupervised_validators({1, 0, 0, 1}, 2);
  CHECK_THAT(decided.entropy, WithinAbs(0, 1e-12));
  CHECK_THAT(decided.information, WithinAbs(ln2, 1e-12));

  const UnsupervisedValidators always_the_same = unsupervised_validators({1, 0, 1, 0}, 2);
  CHECK_THAT(always_the_same.entropy, WithinAbs(0, 1e-12));
  CHECK_THAT(always_the_same.information, WithinAbs(0, 1e-12));

  const UnsupervisedValidators undecided = unsupervised_validators({0.25, 0.25, 0.25, 0.25}, 4);
  CHECK_THAT(undecided.entropy, WithinAbs(2 * ln2, 1e-12));
  CHECK_THAT(undecided.information, WithinAbs(0, 1e-12));

  // H(0.9, 0.1) = 0.325083, H(0.3, 0.7) = 0.610864; their mean output (0.6, 0.4) has 0.673012.
  const UnsupervisedValidators mixed = unsupervised_validators({0.9, 0.1, 0.3, 0.7}, 2);
  CHECK_THAT(mixed.entropy, WithinAbs(0.4679736, 1e-6));
  CHECK_THAT(mixed.information, WithinAbs(0.2050381, 1e-6));

  CHECK_THROWS_WITH(unsupervised_validators({}, 2), Contains("0 probabilities for 2 classes"));
  CHECK_THROWS_WITH(unsupervised_validators({0.5, 0.5, 1}, 2), Contains("3 probabilities for 2 classes"));
  CHECK_THROWS_WITH(unsupervised_validators({1}, 1), Contains("1 classes, at least 2"));
  CHECK_THROWS_WITH(unsupervised_validators({0.5, 0.5, 0.5, 0.4}, 2), Contains("image 2 of 2 sum to 0.9, not 1"));
  CHECK_THROWS_WITH(unsupervised_validators({0.5, kNan}, 2), Contains("image 1 of 1 has a probability of nan"));
  CHECK_THROWS_WITH(unsupervised_validators({1.5, -0.5}, 2), Contains("has a probability of 1.5"));
}

}  // namespace tuna
