#include "training/evaluation/curves.h"

#include "engine/base/random.h"
#include "tests/catch.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

std::vector<std::pair<double, double>> points(const std::vector<RocPoint>& curve) {
  std::vector<std::pair<double, double>> points;
  for (const RocPoint& point : curve) points.emplace_back(point.false_positive_rate, point.true_positive_rate);
  return points;
}

double area(const std::vector<RocPoint>& curve) {
  double area = 0;
  for (size_t i = 1; i < curve.size(); ++i)
    area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate)
            * (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  return area;
}

}  // namespace

TEST_CASE("a ROC curve has the corners alone", "[curves]") {
  using Points = std::vector<std::pair<double, double>>;
  // From the highest score: +, +, -, +, -
  CHECK(points(roc_curve({{0.9, 0.8, 0.7, 0.6, 0.5}, {true, true, false, true, false}, {}}))
        == Points{{0, 0}, {0, 2 / 3.0}, {0.5, 2 / 3.0}, {0.5, 1}, {1, 1}});
  CHECK(points(roc_curve({{0.1, 0.2, 0.8, 0.9}, {false, false, true, true}, {}})) == Points{{0, 0}, {0, 1}, {1, 1}});
  // A tie of both classes is a diagonal.
  CHECK(points(roc_curve({{0.5, 0.5, 0.1}, {true, false, false}, {}})) == Points{{0, 0}, {0.5, 1}, {1, 1}});
  CHECK(points(roc_curve({{0.5, 0.5}, {true, false}, {}})) == Points{{0, 0}, {1, 1}});
}

TEST_CASE("the area under a ROC curve is the AUC, and a long one is thinned", "[curves]") {
  Random random(5, "roc");
  Predictions predictions;
  for (int i = 0; i < 3000; ++i) {
    predictions.positive.push_back(i % 3 == 0);
    predictions.scores.push_back(random.normal() + (i % 3 == 0 ? 1 : 0));
  }
  CHECK_THAT(area(roc_curve(predictions, 100000)), WithinAbs(auc(predictions), 1e-12));
  const std::vector<RocPoint> thin = roc_curve(predictions);
  CHECK(thin.size() == 200);
  CHECK(points(thin).front() == std::pair(0.0, 0.0));
  CHECK(points(thin).back() == std::pair(1.0, 1.0));
  CHECK_THAT(area(thin), WithinAbs(auc(predictions), 0.003));
  CHECK_THROWS_WITH(roc_curve(predictions, 1), Contains("at least 2"));
  CHECK_THROWS_WITH(roc_curve({{0.1, 0.2}, {true, true}, {}}), Contains("both classes are needed"));
}

TEST_CASE("calibration bins hold their upper edge, and empty ones are left out", "[curves]") {
  const double edge = 1 / 15.0;
  const std::vector<CalibrationBin> bins =
      calibration_bins({{0, 0.05, edge, 0.07, 1, 0.99}, {false, false, true, true, true, false}, {}});
  REQUIRE(bins.size() == 3);
  CHECK(bins[0].from == 0);
  CHECK(bins[0].to == edge);
  CHECK(bins[0].images == 3);  // 0 and the edge are in it
  CHECK_THAT(bins[0].mean_score(), WithinAbs((0.05 + edge) / 3, 1e-15));
  CHECK(bins[0].fraction_positive() == 1 / 3.0);
  CHECK(bins[1].from == edge);
  CHECK(bins[1].images == 1);
  CHECK(bins[1].fraction_positive() == 1);
  CHECK(bins[2].from == 14 / 15.0);
  CHECK(bins[2].to == 1);
  CHECK(bins[2].images == 2);
  CHECK(bins[2].fraction_positive() == 0.5);
}

}  // namespace tuna
