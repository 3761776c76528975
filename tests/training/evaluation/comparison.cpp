#include "training/evaluation/comparison.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"
#include "tests/catch.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

/// Scores of 150 patients with two images each; `signal` is the distance between the classes.  The difficulty of an
/// image is the same for all methods.
Predictions method(double signal, uint64_t own_noise, double noise = 0.3, uint64_t fold = 0) {
  Random hard(1, "images", 0, uint32_t(fold)), own(own_noise, "method", 0, uint32_t(fold));
  Predictions predictions;
  for (int i = 0; i < 300; ++i) {
    const bool positive = i / 2 % 2 == 0;
    predictions.positive.push_back(positive);
    predictions.scores.push_back((positive ? signal : 0) + hard.normal() + noise * own.normal());
    predictions.patients.push_back(fmt::format("{} of {}", i / 2, fold));
  }
  return predictions;
}

}  // namespace

TEST_CASE("mean and standard deviation of a sample", "[comparison]") {
  const MeanAndDeviation of = mean_and_deviation({2, 4, 4, 4, 5, 5, 7, 9});
  CHECK(of.mean == 5);
  CHECK_THAT(of.deviation.value(), WithinAbs(std::sqrt(32.0 / 7), 1e-15));
  CHECK(mean_and_deviation({0.25}).mean == 0.25);
  CHECK_FALSE(mean_and_deviation({0.25}).deviation);
  CHECK_THROWS_WITH(mean_and_deviation({}), Contains("no values"));
}

TEST_CASE("a difference in AUC is paired, so what is hard for both cancels", "[comparison]") {
  const Predictions one = method(1.4, 1), other = method(1.0, 2);
  const Estimate difference = difference_in_auc({one}, {other}, 500, 3);
  CHECK(difference.value == auc(one) - auc(other));
  const Interval interval = difference.interval.value();
  CHECK(interval.low < difference.value);
  CHECK(interval.high > difference.value);
  CHECK(interval.low > 0);
  const Interval alone = bootstrap(one, 0.5, 500, 3).auc;
  CHECK(interval.high - interval.low < 0.7 * (alone.high - alone.low));

  const Estimate reversed = difference_in_auc({other}, {one}, 500, 3);
  CHECK(reversed.value == -difference.value);
  CHECK_THAT(reversed.interval->low, WithinAbs(-interval.high, 1e-12));

  const Estimate none = difference_in_auc({one}, {one}, 50, 3);
  CHECK(none.value == 0);
  CHECK(none.interval->low == 0);
  CHECK(none.interval->high == 0);
}

TEST_CASE("paired intervals are a function of the seed", "[comparison]") {
  const ScoresOfRuns one{method(1.4, 1)}, other{method(1.0, 2)};
  const auto low = [&](uint64_t seed) { return difference_in_auc(one, other, 100, seed).interval->low; };
  CHECK(low(3) == low(3));
  CHECK(low(3) != low(4));
}

TEST_CASE("runs are averaged, and their patients drawn together", "[comparison]") {
  // Two seeds on the same images: patients vary together, so two equal runs are as uncertain as one.
  const Predictions one = method(1.4, 1), other = method(1.0, 2);
  const Interval single = *difference_in_auc({one}, {other}, 200, 3).interval;
  const Interval twice = *difference_in_auc({one, one}, {other, other}, 200, 3).interval;
  CHECK_THAT(twice.low, WithinAbs(single.low, 1e-12));
  CHECK_THAT(twice.high, WithinAbs(single.high, 1e-12));

  // Four folds have four times the patients: the interval is about half as wide.
  ScoresOfRuns ones, others;
  double mean = 0;
  for (uint64_t fold = 1; fold <= 4; ++fold) {
    ones.push_back(method(1.4, 1, 0.3, fold));
    others.push_back(method(1.0, 2, 0.3, fold));
    mean += (auc(ones.back()) - auc(others.back())) / 4;
  }
  const Estimate folds = difference_in_auc(ones, others, 500, 3);
  CHECK_THAT(folds.value, WithinAbs(mean, 1e-12));
  const double ratio = (folds.interval->high - folds.interval->low) / (single.high - single.low);
  CHECK(ratio > 0.35);
  CHECK(ratio < 0.7);
}

TEST_CASE("the share of the gap that adaptation closed", "[comparison]") {
  const Predictions before = method(0.5, 1), adapted = method(1.5, 2), supervised = method(2.5, 3);
  const Estimate share = share_of_gap_closed({before}, {adapted}, {supervised}, 300, 3);
  CHECK_THAT(share.value, WithinAbs((auc(adapted) - auc(before)) / (auc(supervised) - auc(before)), 1e-12));
  CHECK(share.interval.value().low < share.value);
  CHECK(share.interval.value().high > share.value);
  CHECK(share_of_gap_closed({before}, {supervised}, {supervised}, 20, 3).interval->low == 1);
  CHECK(share_of_gap_closed({before}, {before}, {supervised}, 20, 3).interval->high == 0);

  CHECK_THROWS_WITH(share_of_gap_closed({supervised}, {adapted}, {before}, 20, 3), Contains("the gap is not positive"));
  // A gap that patients may take away gives no bounds.
  const Predictions nearly = method(0.53, 4);
  const Predictions& upper = auc(nearly) > auc(before) ? nearly : before;
  const Predictions& lower = auc(nearly) > auc(before) ? before : nearly;
  CHECK_FALSE(share_of_gap_closed({lower}, {adapted}, {upper}, 300, 3).interval);
}

TEST_CASE("methods on different images are not compared", "[comparison]") {
  const Predictions one = method(1, 1);
  Predictions relabelled = one, others = one;
  relabelled.positive[4] = !relabelled.positive[4];
  others.patients[4] = "somebody";
  CHECK_THROWS_WITH(difference_in_auc({one}, {relabelled}, 10, 0),
                    Contains("run 1 of the methods is of different test images"));
  CHECK_THROWS_WITH(difference_in_auc({one, one}, {one, others}, 10, 0), Contains("run 2 of the methods"));
  CHECK_THROWS_WITH(difference_in_auc({one, one}, {one}, 10, 0), Contains("one method has 2 runs, another 1"));
  CHECK_THROWS_WITH(difference_in_auc({}, {}, 10, 0), Contains("no runs"));
  CHECK_THROWS_WITH(difference_in_auc({one}, {one}, 0, 0), Contains("0 rounds"));
}

}  // namespace tuna
