#include "training/audit/separation.h"

#include <algorithm>
#include <set>

#include "engine/base/check.h"
#include "engine/base/random.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// Every second patient is positive, each with two images.
TwoGroups two_groups(size_t images) {
  TwoGroups groups;
  for (size_t i = 0; i < images; ++i) {
    groups.positive.push_back(i / 2 % 2 == 1);
    groups.patients.push_back(fmt::format("p{}", i / 2));
  }
  return groups;
}

Feature noise(const std::string& name, size_t images) {
  Feature feature{name, {}, {}};
  Random random(3, name);
  for (size_t i = 0; i < images; ++i) feature.values.push_back(random.normal());
  return feature;
}

Feature own_number(size_t images) {
  Feature feature{"own number", {}, {}};
  for (size_t i = 0; i < images; ++i) feature.texts.push_back(fmt::format("image {}", i));
  return feature;
}

}  // namespace

TEST_CASE("folds keep a patient's images together and share out both groups", "[audit]") {
  const TwoGroups groups = two_groups(200);
  const std::vector<size_t> folds = folds_by_patient(groups, 1);
  std::vector<std::pair<int, int>> counts(kFolds);
  for (size_t i = 0; i < folds.size(); ++i) {
    CHECK(folds[i] == folds[i - i % 2]);
    ++(groups.positive[i] ? counts.at(folds[i]).first : counts.at(folds[i]).second);
  }
  for (const auto& [positive, negative] : counts) CHECK((positive == 20 && negative == 20));
  CHECK(folds != folds_by_patient(groups, 2));

  TwoGroups reversed = groups;
  std::reverse(reversed.positive.begin(), reversed.positive.end());
  std::reverse(reversed.patients.begin(), reversed.patients.end());
  std::vector<size_t> other = folds_by_patient(reversed, 1);
  std::reverse(other.begin(), other.end());
  CHECK(other == folds);
}

TEST_CASE("a number separates in the direction that is told, whatever its sign", "[audit]") {
  const TwoGroups groups = two_groups(80);
  Feature down = noise("down", 80), constant{"constant", std::vector<double>(80, 7.0), {}};
  for (size_t i = 0; i < 80; ++i) down.values[i] -= groups.positive[i] ? 3 : 0;
  Feature up{"up", {}, {}};
  for (const double value : down.values) up.values.push_back(-value);
  const std::vector<Separation> found = separations({constant, down, up}, groups, 100, 1, 2);
  REQUIRE(found.size() == 3);
  CHECK(found[0].auc > 0.9);
  CHECK(found[0].auc == found[1].auc);
  CHECK((found[0].feature == "down" && !found[0].larger));
  CHECK((found[1].feature == "up" && found[1].larger));
  CHECK((found[0].interval->low < found[0].auc && found[0].auc < found[0].interval->high));
  CHECK((found[2].feature == "constant" && found[2].auc == 0.5));
}

TEST_CASE("images without a number are left out, and a number in one group alone is not measured", "[audit]") {
  const TwoGroups groups = two_groups(8);  // - - + + - - + +
  const double none = std::nan("");
  const Feature some{"some", {1, none, 2, none, 3, 0, 2, none}, {}};
  const Feature one_group{"one group", {1, 2, none, none, 3, 4, none, none}, {}};
  const std::vector<Separation> found = separations({some, one_group}, groups, 0, 1, 1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].auc == 4.0 / 6);  // positives 2, 2; others 1, 3, 0
  CHECK_FALSE(found[0].interval);
}

TEST_CASE("a text is measured by class rates of other patients, so a unique one separates nothing", "[audit]") {
  const size_t images = 394;  // the folds differ in their shares of positive images
  const TwoGroups groups = two_groups(images);
  Feature source{"source", {}, {}}, same{"same", {}, std::vector<std::string>(images, "x")}, patient{"patient", {}, {}};
  Random random(5, "source");
  for (size_t i = 0; i < images; ++i) {
    source.texts.push_back(groups.positive[i] == (random.uniform() < 0.9) ? "covid" : "rsna");
    patient.texts.push_back(groups.patients[i]);
  }
  const std::vector<Separation> found = separations({own_number(images), same, patient, source}, groups, 100, 1, 1);
  REQUIRE(found.size() == 4);
  CHECK(found[0].feature == "source");
  CHECK(found[0].auc == Approx(0.9).margin(0.04));
  CHECK(found[0].shares.at("covid") == Approx(0.9).margin(0.05));
  for (size_t i = 1; i < 4; ++i) CHECK(found[i].auc == 0.5);
}

TEST_CASE("two features together may separate what neither does alone", "[audit]") {
  const size_t images = 400;
  const TwoGroups groups = two_groups(images);
  const Feature a = noise("a", images);
  Feature b{"b", a.values, {}};
  for (size_t i = 0; i < images; ++i) b.values[i] += groups.positive[i] ? 0.3 : -0.3;
  const std::vector<PairSeparation> pairs = pair_separations({noise("other", images), a, b}, groups, 1, 2);
  REQUIRE(pairs.size() == 3);
  CHECK((pairs[0].first == "a" && pairs[0].second == "b"));
  CHECK(pairs[0].auc > 0.95);
  CHECK(pairs[0].better_alone < 0.75);
}

TEST_CASE("a pair of features without information has an AUC near 0.5", "[audit]") {
  const size_t images = 400;
  const TwoGroups groups = two_groups(images);
  const Feature constant{"constant", std::vector<double>(images, 1.0), {}};
  const Feature copy{"copy of a", noise("a", images).values, {}};
  for (const PairSeparation& pair :
       pair_separations({noise("a", images), copy, noise("b", images), constant, own_number(images)}, groups, 1, 2)) {
    INFO(pair.first << " + " << pair.second);
    CHECK((pair.first != "constant" && pair.second != "constant"));
    CHECK(pair.auc == Approx(0.5).margin(0.08));
  }
}

TEST_CASE("columns of a manifest are numbers, texts, and whether there is one", "[audit]") {
  std::vector<Sample> samples = {{"a.png", "d", "", "a", ""}, {"b.png", "d", "", "b", ""}};
  samples[0].columns = {{"age", "3.5"}, {"dose", "1"}, {"empty", ""}, {"sex", "f"}, {"width", "12 cm"}};
  samples[1].columns = {{"age", ""}, {"dose", "-2e3"}, {"empty", ""}, {"width", "7"}};
  const std::vector<Feature> features = column_features(samples);
  std::vector<std::string> names;
  for (const Feature& feature : features) names.push_back(feature.name);
  CHECK(names
        == std::vector<std::string>{"column age", "column age given", "column dose", "column sex", "column width"});
  CHECK((features.at(0).values[0] == 3.5 && !features[0].is_given(1)));
  CHECK(features.at(1).values == std::vector<double>{1, 0});
  CHECK(features.at(2).values == std::vector<double>{1, -2000});
  CHECK(features.at(3).texts == std::vector<std::string>{"f", ""});
  CHECK(features.at(4).texts == std::vector<std::string>{"12 cm", "7"});
}

}  // namespace tuna
