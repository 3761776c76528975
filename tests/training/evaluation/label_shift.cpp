#include "training/evaluation/label_shift.h"

#include <cmath>
#include <limits>

#include "engine/base/random.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// Of 10 positive images 8 are found, of 10 negative ones 2: sensitivity 0.8, false positive rate 0.2 at 0.5.
Predictions source() {
  Predictions predictions;
  for (int i = 0; i < 20; ++i) {
    const bool positive = i < 10;
    predictions.positive.push_back(positive);
    predictions.scores.push_back((i % 10 < 8) == positive ? 0.9 : 0.1);
  }
  return predictions;
}

/// `positive` of 100 scores are above 0.5.
std::vector<double> target(int positive) {
  std::vector<double> scores(100, 0.1);
  for (int i = 0; i < positive; ++i) scores[size_t(i)] = 0.9;
  return scores;
}

}  // namespace

TEST_CASE("the prior of the target follows from the confusion on the source", "[label_shift]") {
  // predicted = 0.8 p + 0.2 (1 - p)
  CHECK_THAT(estimate_prior(source(), target(50), 0.5).prior.value(), WithinAbs(0.5, 1e-12));
  CHECK_THAT(estimate_prior(source(), target(65), 0.5).prior.value(), WithinAbs(0.75, 1e-12));
  CHECK_THAT(estimate_prior(source(), target(20), 0.5).prior.value(), WithinAbs(0, 1e-12));
  CHECK(estimate_prior(source(), target(18), 0.5).prior == 0);  // -0.03 and 1.03, as few samples may give
  CHECK(estimate_prior(source(), target(82), 0.5).prior == 1);
}

TEST_CASE("a prior outside of 0 to 1 is not estimated, as images of a class must look different", "[label_shift]") {
  const PriorEstimate above = estimate_prior(source(), target(90), 0.5),
                      below = estimate_prior(source(), target(5), 0.5);
  CHECK_FALSE(above.prior);
  CHECK_FALSE(below.prior);
  CHECK(above.unavailable
        == "0.900 of the target's images are classified as positive, more than 0.800 of the source's positive images, so "
           "images of one class look different in the two domains");
  CHECK_THAT(below.unavailable,
             Contains("0.050 of the target's images") && Contains("fewer than 0.200 of the source's other"));
}

TEST_CASE("a prior is found where only the fractions of the classes differ", "[label_shift]") {
  Random random(3, "label shift");
  const auto score = [&](bool positive) { return (positive ? 0.6 : 0.4) + 0.15 * random.normal(); };
  Predictions half;
  for (int i = 0; i < 20000; ++i) {
    half.positive.push_back(i % 2 == 0);
    half.scores.push_back(score(i % 2 == 0));
  }
  std::vector<double> shifted;
  for (int i = 0; i < 20000; ++i) shifted.push_back(score(i % 100 < 74));
  for (const double threshold : {0.35, 0.5, 0.6})
    CHECK_THAT(estimate_prior(half, shifted, threshold).prior.value(), WithinAbs(0.74, 0.02));
}

TEST_CASE("no prior is estimated by a classifier that does not separate the classes", "[label_shift]") {
  const PriorEstimate none = estimate_prior(source(), target(50), 0.05);  // all are positive
  CHECK_FALSE(none.prior);
  CHECK(none.unavailable
        == "on the source's validation images the sensitivity, 1.000, is not 0.1 above the false positive rate, 1.000");
  CHECK(estimate_prior(source(), target(50), 0.5).unavailable.empty());
  Predictions reversed = source();
  for (double& each : reversed.scores) each = 1 - each;
  CHECK_FALSE(estimate_prior(reversed, target(50), 0.5).prior);
}

TEST_CASE("estimating a prior refuses what it cannot use", "[label_shift]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(estimate_prior(source(), {}, 0.5), Contains("no scores of the target"));
  CHECK_THROWS_WITH(estimate_prior(source(), {0.1, nan}, 0.5), Contains("score 2 of 2 is nan"));
  CHECK_THROWS_WITH(estimate_prior({{0.1, 0.2}, {true, true}, {}}, {0.1}, 0.5), Contains("both classes are needed"));
}

TEST_CASE("the threshold at which a fraction of scores is positive", "[label_shift]") {
  const std::vector<double> scores = {0.1, 0.7, 0.3, 0.5};
  CHECK(threshold_for_fraction(scores, 1) == 0.1);
  CHECK(threshold_for_fraction(scores, 0.75) == 0.3);
  CHECK(threshold_for_fraction(scores, 0.6) == 0.5);    // 0.5 is nearer than 0.75
  CHECK(threshold_for_fraction(scores, 0.625) == 0.5);  // as near as 0.75: the higher threshold
  CHECK(threshold_for_fraction(scores, 0) > 0.7);       // none
  CHECK(threshold_for_fraction(scores, 0.01) > 0.7);
  CHECK(threshold_for_fraction({0.5, 0.5, 0.5, 0.2}, 0.25) > 0.5);  // three or none; both are off, none by less
  CHECK(threshold_for_fraction({0.5, 0.5, 0.5, 0.2}, 0.5) == 0.5);
  CHECK_THROWS_WITH(threshold_for_fraction({}, 0.5), Contains("no scores"));
}

}  // namespace tuna
