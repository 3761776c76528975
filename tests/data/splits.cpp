#include "data/splits.h"

#include <algorithm>
#include <map>

#include "tests/catch.h"
#include "tests/data/two_domains.h"

namespace tuna {
namespace {

SplitOptions options() {
  SplitOptions options;
  options.seed = 7;
  options.unlabelled_domain = "child";
  return options;
}

std::map<std::string, std::string> split_by_path(std::vector<Sample> samples, const SplitOptions& how) {
  assign_splits(samples, how);
  std::map<std::string, std::string> splits;
  for (const Sample& sample : samples) splits[sample.path.string()] = sample.split;
  return splits;
}

}  // namespace

TEST_CASE("splits keep patients whole, near the fractions, with the disease in every split", "[splits]") {
  std::vector<Sample> samples = two_domains();
  assign_splits(samples, options());
  check_no_leak(samples);
  const double images = double(samples.size()) / 2;
  CHECK_THAT(double(select(samples, "adult", "train").size()) / images, WithinAbs(0.7, 0.05));
  CHECK_THAT(double(select(samples, "adult", "validation").size()) / images, WithinAbs(0.1, 0.05));
  CHECK_THAT(double(select(samples, "child", "test").size()) / images, WithinAbs(0.2, 0.05));
  for (const char* split : {"train", "validation", "test"}) {
    const std::vector<Sample> chosen = select(samples, "adult", split);
    const auto ill = std::count_if(chosen.begin(), chosen.end(), [](const Sample& s) { return s.label == "ill"; });
    CHECK_THAT(double(ill) / double(chosen.size()), WithinAbs(1 / 3.0, 0.12));
  }
}

TEST_CASE("splits depend on the seed, not on the order of the list", "[splits]") {
  const auto splits = split_by_path(two_domains(), options());
  std::vector<Sample> reversed = two_domains();
  std::reverse(reversed.begin(), reversed.end());
  CHECK(split_by_path(reversed, options()) == splits);
  SplitOptions other = options();
  other.seed = 8;
  CHECK(split_by_path(two_domains(), other) != splits);
}

TEST_CASE("the target's labels have no influence on splits, the source's have", "[splits]") {
  const auto splits = split_by_path(two_domains(), options());
  const auto relabelled = [&](const std::string& domain) {
    std::vector<Sample> samples = two_domains();
    for (Sample& sample : samples)
      if (sample.domain == domain) sample.label = sample.patient.back() % 2 != 0 ? "ill" : "well";
    return split_by_path(samples, options());
  };
  CHECK(relabelled("child") == splits);
  CHECK(relabelled("adult") != splits);
}

TEST_CASE("a split that is given stays, and the patient's other images follow it", "[splits]") {
  std::vector<Sample> samples = two_domains();
  for (Sample& sample : samples)
    if (sample.path == "adult1_0.png" || sample.path == "adult6_2.png") sample.split = "test";
  SplitOptions how = options();
  how.train = 0.8;
  how.validation = 0.2;
  how.test = 0;
  assign_splits(samples, how);
  for (const Sample& sample : select(samples, "adult", "test"))
    CHECK((sample.patient == "adult1" || sample.patient == "adult6"));
  CHECK(select(samples, "adult", "test").size() == 5);
  CHECK(select(samples, "child", "test").empty());
}

TEST_CASE("a patient who is in two domains is on one side", "[splits]") {
  std::vector<Sample> samples = two_domains();
  for (Sample& sample : samples) sample.patient = sample.patient.substr(5);
  assign_splits(samples, options());
  check_no_leak(samples);
}

TEST_CASE("three patients of a class are enough for all splits, whatever the seed", "[splits]") {
  std::vector<Sample> samples;
  for (const std::string label : {"ill", "well"})
    for (const std::string patient : {"1", "2", "3"})
      samples.push_back({label + patient + ".png", "adult", label, label + patient, ""});
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<Sample> few = samples;
    SplitOptions how = options();
    how.seed = seed;
    assign_splits(few, how);
    for (const std::string split : {"train", "validation", "test"}) {
      const std::vector<Sample> chosen = select(few, "adult", split);
      REQUIRE(chosen.size() == 2);
      CHECK(chosen[0].label != chosen[1].label);
    }
  }
}

TEST_CASE("split errors", "[splits]") {
  std::vector<Sample> leak = {{"a.png", "adult", "x", "p1", "train"}, {"b.png", "adult", "x", "p1", "test"}};
  REQUIRE_THROWS_WITH(assign_splits(leak, options()), Contains("patient \"p1\"") && Contains("b.png"));
  std::vector<Sample> few = {{"a.png", "adult", "x", "p1", ""}, {"b.png", "adult", "x", "p2", ""}};
  REQUIRE_THROWS_WITH(assign_splits(few, options()), Contains("\"adult\" has too few patients"));
  SplitOptions wrong = options();
  wrong.train = 0.9;
  REQUIRE_THROWS_WITH(assign_splits(few, wrong), Contains("sum to 1.2"));
}

}  // namespace tuna
