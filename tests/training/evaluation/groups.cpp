#include "training/evaluation/groups.h"

#include "tests/catch.h"

namespace tuna {
namespace {

Sample sample(const std::string& sex, const std::string& age) {
  Sample sample{"a.png", "child", "", "p", "test"};
  if (!sex.empty()) sample.columns["sex"] = sex;
  sample.columns["age"] = age;
  return sample;
}

}  // namespace

TEST_CASE("ages are in bands, also those of DICOM", "[groups]") {
  const std::vector<std::pair<std::string, std::string>> bands = {
      {"0", "0-1"},    {"1.9", "0-1"},     {"2", "2-5"},      {"5", "2-5"},       {"5.5", "2-5"},  {"6", "6-12"},
      {"12", "6-12"},  {"13", "13-17"},    {"17.9", "13-17"}, {"18", "18-39"},    {"39", "18-39"}, {"40", "40-59"},
      {"60", "60+"},   {"101", "60+"},     {"004Y", "2-5"},   {"018M", "0-1"},    {"030M", "2-5"}, {"006W", "0-1"},
      {"030D", "0-1"}, {"adult", "adult"}, {"-3", "-3"},      {"4 yrs", "4 yrs"}, {"nan", "nan"},  {"", ""}};
  for (const auto& [age, band] : bands) {
    INFO(age);
    CHECK(age_band(age) == band);
  }
}

TEST_CASE("groups of test images have an AUC if they have both classes", "[groups]") {
  const std::vector<Sample> samples = {sample("F", "70"), sample("F", "3"), sample("M", "15"),
                                       sample("F", "4"),  sample("", ""),   sample("M", "unknown")};
  const Predictions predictions{{0.9, 0.6, 0.5, 0.7, 0.2, 0.1}, {true, true, false, false, true, false}, {}};
  const std::vector<Group> groups = groups_of(predictions, samples, {"view", "sex", "age"}, 0, 0);
  std::vector<std::string> names;
  for (const Group& group : groups) names.push_back(group.column + " " + group.value);
  // No image has a view; bands are in the order of the ages.
  CHECK(
      names
      == std::vector<std::string>{"sex ", "sex F", "sex M", "age 2-5", "age 13-17", "age 60+", "age ", "age unknown"});
  CHECK(groups[1].images == 3);
  CHECK(groups[1].positives == 2);
  CHECK(groups[1].auc == 0.5);  // 0.9 is above 0.7, 0.6 is not
  CHECK_FALSE(groups[1].interval);
  CHECK(groups[2].images == 2);
  CHECK(groups[2].positives == 0);
  CHECK_FALSE(groups[2].auc);
  CHECK(groups[3].auc == 0);
  CHECK(groups_of(predictions, samples, {}, 0, 0).empty());
  CHECK_THROWS_WITH(groups_of(predictions, {samples[0]}, {"sex"}, 0, 0), Contains("6 scores of 1 images"));
}

TEST_CASE("a pooled AUC can measure hospitals, those within them cannot", "[groups]") {
  std::vector<Sample> samples;
  Predictions predictions;
  for (int i = 0; i < 200; ++i) {
    const bool large = i < 100, positive = i % 10 < (large ? 9 : 1);
    samples.push_back({"a.png", "child", "", std::to_string(i), "test"});
    samples.back().columns["source"] = large ? "large" : "small";
    predictions.scores.push_back((large ? 0.8 : 0.2) + 0.001 * (i / 10 % 10));  // depends on the hospital alone
    predictions.positive.push_back(positive);
  }
  const std::vector<Group> groups = groups_of(predictions, samples, {"source"}, 20, 1);
  REQUIRE(groups.size() == 2);
  for (const Group& group : groups) {
    CHECK_THAT(group.auc.value(), WithinAbs(0.5, 1e-12));
    CHECK(group.interval.value().low < 0.5);
    CHECK(group.interval.value().high > 0.5);
  }
}

}  // namespace tuna
