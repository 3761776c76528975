#include "training/evaluation/evaluate.h"

#include <sstream>

#include "tests/catch.h"

namespace tuna {
namespace {

Spec spec_with_rounds(int64_t rounds) {
  Spec spec;
  spec.evaluate.bootstrap = rounds;
  return spec;
}

/// Source validation: sensitivity 0.8 and false positive rate 0.2 at Youden's threshold, 0.7.
EvaluatedScores scores() {
  EvaluatedScores scores;
  for (int i = 0; i < 20; ++i) {
    scores.source_validation.positive.push_back(i < 10);
    scores.source_validation.scores.push_back((i % 10 < 8) == (i < 10) ? 0.7 : 0.1);
  }
  scores.test = Predictions{{0.9, 0.75, 0.65, 0.6, 0.2, 0.15}, {true, true, false, true, false, false}, {}};
  scores.target_validation = Predictions{{0.9, 0.6, 0.3}, {true, true, false}, {}};
  // 4 of 8 are above 0.7: a prior of (0.5 - 0.2) / 0.6 = 0.5.
  scores.unlabelled_validation = {0.9, 0.85, 0.8, 0.75, 0.3, 0.3, 0.2, 0.1};
  return scores;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a row has a threshold by source labels, by target labels, and by the target's prior", "[evaluation]") {
  const Evaluation row = evaluate("Row", "F", scores(), spec_with_rounds(0));
  REQUIRE(row.at.size() == 3);
  CHECK(row.at[0].chosen_on == "source validation");
  CHECK(row.at[0].threshold == 0.7);
  CHECK(row.at[1].chosen_on == "target validation");
  CHECK(row.at[1].threshold == 0.6);
  CHECK(row.at[1].uses_target_labels);
  CHECK(row.at[2].chosen_on == "target prior");
  CHECK(row.at[2].threshold == 0.75);
  CHECK_FALSE(row.at[2].uses_target_labels);
  CHECK_THAT(row.target_prior.value().prior.value(), WithinAbs(0.5, 1e-12));
  CHECK(row.images() == 6);
  CHECK(row.positives() == 3);
}

TEST_CASE("labels of the target do not move its prior, nor the threshold by it", "[evaluation]") {
  EvaluatedScores unlabelled = scores();
  unlabelled.target_validation.reset();
  unlabelled.test.reset();
  const Evaluation row = evaluate("Row", "F", unlabelled, spec_with_rounds(0));
  REQUIRE(row.at.size() == 2);
  CHECK(row.at[1].chosen_on == "target prior");
  CHECK(row.at[1].threshold == 0.75);
  CHECK_FALSE(row.at[1].metrics);
  CHECK(to_table({row}).find("0.750, target prior 0.50\n") != std::string::npos);
  CHECK_FALSE(to_json(row).contains("roc"));
}

TEST_CASE("where no prior can be estimated a row says so", "[evaluation]") {
  EvaluatedScores flat = scores();
  flat.source_validation.scores.assign(20, 0.5);
  const Evaluation row = evaluate("Row", "F", flat, spec_with_rounds(0));
  CHECK(row.at.size() == 2);
  const std::string reason =
      "on the source's validation images the sensitivity, 1.000, is not 0.1 above the false positive rate, 1.000";
  CHECK(to_json(row).at("target_prior") == nlohmann::json{{"unavailable", reason}});
  CHECK(to_table({row}).find("Row: the target's prior cannot be estimated: " + reason + "\n") != std::string::npos);

  EvaluatedScores none = scores();
  none.unlabelled_validation.clear();
  CHECK_FALSE(to_json(evaluate("Row", "F", none, spec_with_rounds(0))).contains("target_prior"));
}

TEST_CASE("evaluation.json has all metrics of a row, and its curves", "[evaluation]") {
  Evaluation row = evaluate("Row", "F", scores(), spec_with_rounds(20));
  row.as = EvaluatedAs::before_adaptation;
  const nlohmann::json json = to_json(row);
  CHECK(json.at("role") == "before_adaptation");
  CHECK(json.at("images") == 6);
  CHECK(json.at("positives") == 3);
  CHECK_THAT(json.at("target_prior").at("estimate").get<double>(), WithinAbs(0.5, 1e-12));
  REQUIRE(json.at("thresholds").size() == 3);
  for (const nlohmann::json& at : json["thresholds"])
    for (const char* name : {"auc", "average_precision", "accuracy", "sensitivity", "specificity", "f1", "brier",
                             "expected_calibration_error"}) {
      INFO(name);
      CHECK(at.at(name).at("value").is_number());
      CHECK(at.at(name).at("interval_95").size() == 2);
    }
  const nlohmann::json& first = json["thresholds"][0];
  CHECK(first["auc"]["value"] == 8 / 9.0);
  CHECK(first["sensitivity"]["value"] == 2 / 3.0);
  CHECK(first["specificity"]["value"] == 1);
  CHECK(json.at("roc")
        == nlohmann::json::parse("[[0, 0], [0, 0.6666666666666666], [0.3333333333333333, "
                                 "0.6666666666666666], [0.3333333333333333, 1], [1, 1]]"));
  // 0.15 and 0.2 are in one bin; 0.6 is the upper edge of its bin, and 0.65 in the next one.
  CHECK(json.at("calibration").size() == 5);
  CHECK(
      json["calibration"][1]
      == nlohmann::json{{"from", 8 / 15.0}, {"to", 0.6}, {"images", 1}, {"mean_score", 0.6}, {"fraction_positive", 1}});
  CHECK_FALSE(
      to_json(evaluate("Row", "F", scores(), spec_with_rounds(0)))["thresholds"][0]["brier"].contains("interval_95"));
}

TEST_CASE("the table fits a terminal", "[evaluation]") {
  const Evaluation row = evaluate("Supervised", "F_S", scores(), spec_with_rounds(20));
  const std::vector<std::string> lines = lines_of(to_table({row}));
  REQUIRE(lines.size() == 6);
  for (const std::string& line : lines) CHECK(line.size() <= 120);
  for (const char* column : {"AUC", "AP", "Brier", "ECE", "F1"}) CHECK(lines[0].find(column) == lines[0].rfind(column));
  CHECK(lines[1].rfind("Supervised    0.889 ", 0) == 0);
  for (const char* name : {"Acc.", "Sen.", "Spec.", "F1"})  // right-aligned above its figures
    for (size_t line = 1; line < 4; ++line) {
      const size_t end = lines[0].find(name) + std::string(name).size();
      CHECK(lines[line][end - 1] != ' ');
      CHECK(lines[line][end] == ' ');
    }
  CHECK(lines[2].find("0.600, target validation *") != std::string::npos);
}

}  // namespace tuna
