#include "training/compare/results.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "training/compare/comparison_tables.h"
#include "training/compare/results_text.h"

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

TEST_CASE("the sentence about a comparison claims no gain whose interval contains 0, or below chance", "[compare]") {
  ComparisonResults results{};
  results.finished = results.all = 1;
  results.before = "NoAdapt";
  results.upper_bound = "Supervised";
  const auto words = [&](double auc, const Interval& gain) {
    ThresholdRow row = threshold("source validation", 0.5);
    row.auc = Measured{auc, {}};
    MethodResults method{};
    method.name = "MCC";
    method.runs = {result_with({row})};
    method.gain = Estimate{(gain.low + gain.high) / 2, gain};
    method.share_of_gap = Estimate{0.5, Interval{0.25, 0.75}};
    results.methods = {method};
    return in_words(results);
  };
  CHECK(words(0.8, {0.1, 0.3})
        == "1 of 1 run finished. MCC gains most: 50 % (25 % to 75 %) of the gap in AUC from NoAdapt to Supervised.");
  CHECK(words(0.8, {-0.1, 0.3})
        == "1 of 1 run finished. MCC gains most, but not distinguishably from 0: +0.100 in AUC over NoAdapt, 95 % "
           "interval -0.100 to +0.300.");
  CHECK(words(0.45, {0.1, 0.3}) == "1 of 1 run finished. MCC gains most. Its AUC, 0.450, is below chance (0.5).");
}

TEST_CASE("the best trivial feature is shown with the runs that it is the best in", "[compare]") {
  ComparisonResults results{};
  results.comparison.specs.emplace_back();
  results.best_trivial_feature = TrivialResult{"sharpness", 0.625, 2, 3};
  CHECK_THAT(compared_results_table(results),
             Contains("sharpness alone</th><td class=\"number\">2</td><td class=\"number\">0.625</td>")
                 && Contains("ranks the target’s labelled validation images best in 2 of 3 folds and seeds; its AUC is "
                             "the mean over the test images of these."));
  CHECK(to_json(results)["best_trivial_feature"]["parts"] == 2);
  results.best_trivial_feature = TrivialResult{"sharpness", 0.625, 1, 1};
  CHECK_THAT(compared_results_table(results), Contains("validation images best, measured on its test images."));
}

}  // namespace tuna
