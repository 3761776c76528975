#include "training/compare/comparison_curves.h"

#include "tests/catch.h"

namespace tuna {

TEST_CASE("ROC curves are averaged at equal false positive rates", "[compare]") {
  const std::vector<Point> perfect = {{0, 0}, {0, 1}, {1, 1}}, chance = {{0, 0}, {1, 1}};
  const Series mean = mean_roc("both", {perfect, chance}, 5);
  REQUIRE(mean.points.size() == 5);
  REQUIRE(mean.band.size() == 5);
  for (size_t i = 0; i < 5; ++i) {
    const double rate = double(i) / 4;
    CHECK(mean.points[i].x == Approx(rate));
    CHECK(mean.points[i].y == Approx((1 + rate) / 2));
    CHECK(mean.band[i].low == Approx(rate));
    CHECK(mean.band[i].high == Approx(1));
  }
  const Series one = mean_roc("one", {{{0, 0}, {0, 0.5}, {0.5, 0.5}, {0.5, 1}, {1, 1}}}, 3);
  CHECK(one.band.empty());
  CHECK(one.points[0].y == Approx(0.5));
  CHECK(one.points[1].y == Approx(1));
}

}  // namespace tuna
