#include "training/compare/results.h"

#include "tests/catch.h"

namespace tuna {
namespace {

RunResult result_with(const std::vector<ThresholdRow>& thresholds) {
  RunResult result;
  result.row.thresholds = thresholds;
  return result;
}

ThresholdRow threshold(const std::string& chosen_on, double accuracy) {
  ThresholdRow row;
  row.chosen_on = chosen_on;
  row.accuracy = Measured{accuracy, {}};
  return row;
}

}  // namespace

TEST_CASE("thresholds of a method are those of all its runs, by their names", "[compare]") {
  MethodResults method{};
  method.runs = {result_with({threshold("source validation", 0.5)}),
                 result_with({threshold("target prior", 0.9), threshold("source validation", 0.7)})};
  const std::vector<ChosenThreshold> thresholds = method.thresholds();
  REQUIRE(thresholds.size() == 2);
  CHECK(thresholds[0].chosen_on == "source validation");
  CHECK(thresholds[1].chosen_on == "target prior");
  const auto mean_at = [&](const char* chosen_on) {
    return method.mean_of([&](const EvaluationRow& row) { return figure_at(row, chosen_on, &ThresholdRow::accuracy); });
  };
  CHECK(mean_at("source validation")->mean == Approx(0.6));
  CHECK_FALSE(mean_at("target prior").has_value());  // the first run lacks it
}

}  // namespace tuna
