#include "data/folds.h"

#include <algorithm>
#include <map>
#include <set>

#include "data/splits.h"
#include "tests/catch.h"
#include "tests/data/two_domains.h"

namespace tuna {
namespace {

std::vector<Sample> in_folds(std::vector<Sample> samples, int64_t folds, uint64_t seed = 7) {
  assign_folds(samples, {folds, seed, "child"});
  return samples;
}

std::map<std::string, std::string> fold_by_path(const std::vector<Sample>& samples) {
  std::map<std::string, std::string> folds;
  for (const Sample& sample : samples) folds[sample.path.string()] = sample.columns.at("fold");
  return folds;
}

std::set<std::string> paths(const std::vector<Sample>& samples) {
  std::set<std::string> paths;
  for (const Sample& sample : samples) paths.insert(sample.path.string());
  return paths;
}

}  // namespace

TEST_CASE("folds keep patients whole, of about one size, with the disease in every fold", "[folds]") {
  const std::vector<Sample> samples = in_folds(two_domains(), 5);
  CHECK(count_folds(samples) == 5);
  std::map<std::string, std::map<std::string, double>> images, ill;  // [domain][fold]
  for (const Sample& sample : samples) {
    ++images[sample.domain][sample.columns.at("fold")];
    ill[sample.domain][sample.columns.at("fold")] += sample.label == "ill";
  }
  const double all = double(samples.size()) / 2;
  for (const std::string domain : {"adult", "child"}) {
    REQUIRE(images[domain].size() == 5);
    for (const auto& [fold, count] : images[domain]) CHECK_THAT(count / all, WithinAbs(0.2, 0.03));
  }
  for (const auto& [fold, count] : images["adult"]) CHECK_THAT(ill["adult"][fold] / count, WithinAbs(1 / 3.0, 0.08));
}

TEST_CASE("folds depend on the seed, not on the order of the list, nor on the target's labels", "[folds]") {
  const auto folds = fold_by_path(in_folds(two_domains(), 5));
  std::vector<Sample> reversed = two_domains();
  std::reverse(reversed.begin(), reversed.end());
  CHECK(fold_by_path(in_folds(reversed, 5)) == folds);
  CHECK(fold_by_path(in_folds(two_domains(), 5, 8)) != folds);
  const auto relabelled = [&](const std::string& domain) {
    std::vector<Sample> samples = two_domains();
    for (Sample& sample : samples)
      if (sample.domain == domain) sample.label = sample.patient.back() % 2 != 0 ? "ill" : "well";
    return fold_by_path(in_folds(samples, 5));
  };
  CHECK(relabelled("child") == folds);
  CHECK(relabelled("adult") != folds);
}

TEST_CASE("without fixed test images each image is tested once, and the next fold is validated on", "[folds]") {
  const std::vector<Sample> samples = in_folds(two_domains(), 5);
  std::map<int64_t, std::set<std::string>> tested, validated;
  size_t images = 0;
  for (int64_t fold = 1; fold <= 5; ++fold) {
    std::vector<Sample> own = samples;
    use_fold(own, fold, "child");
    check_no_leak(own);
    for (const Sample& sample : own) CHECK(sample.columns.count("fold") == 0);
    tested[fold] = paths(select(own, "child", "test"));
    validated[fold] = paths(select(own, "child", "validation"));
    for (const Sample& sample : samples)
      if (sample.domain == "child")
        CHECK((sample.columns.at("fold") == std::to_string(fold)) == (tested[fold].count(sample.path.string()) > 0));
    images += tested[fold].size();
    CHECK_FALSE(select(own, "adult", "train").empty());
  }
  for (int64_t fold = 1; fold <= 5; ++fold) CHECK(validated[fold] == tested[fold % 5 + 1]);
  CHECK(2 * images == samples.size());
}

TEST_CASE("fixed test images stay, in no fold, and the fold is validated on", "[folds]") {
  std::vector<Sample> samples = two_domains();
  for (Sample& sample : samples) {
    if (sample.patient == "child3" && sample.path == "child3_1.png")
      sample.split = "test";  // and so the patient's others
    if (sample.patient == "child4") sample.split = "test";
    if (sample.patient == "adult7") sample.split = "train";  // is divided all the same
  }
  samples = in_folds(samples, 4);
  for (int64_t fold = 1; fold <= 4; ++fold) {
    std::vector<Sample> own = samples;
    use_fold(own, fold, "child");
    check_no_leak(own);
    CHECK(paths(select(own, "child", "test"))
          == std::set<std::string>{"child3_0.png", "child3_1.png", "child3_2.png", "child4_0.png"});
    CHECK(select(own, "adult", "test").empty());
    for (const Sample& sample : samples)
      if (sample.columns.at("fold") == std::to_string(fold))
        CHECK(paths(select(own, sample.domain, "validation")).count(sample.path.string()) == 1);
  }
  std::vector<Sample> two = in_folds(samples, 2);  // with fixed test images two are enough
  use_fold(two, 2, "child");
  CHECK_FALSE(select(two, "child", "train").empty());
}

TEST_CASE("folds that end up empty are refused", "[folds]") {
  std::vector<Sample> samples = two_domains();
  CHECK_THROWS_WITH(in_folds(samples, 1), Contains("folds: 1, expected 2 or more"));
  CHECK_THROWS_WITH(
      in_folds(samples, 21),  // 20 adults are ill
      Contains("class \"ill\" of domain \"adult\" has 20 patients, which leaves fold") && Contains("of 21 empty"));
  std::erase_if(samples, [](const Sample& sample) { return sample.domain == "child" && sample.patient > "child11"; });
  CHECK_THROWS_WITH(in_folds(samples, 5), Contains("domain \"child\" has 4 patients, which leaves fold"));
  for (Sample& sample : samples) sample.split = "test";
  CHECK_THROWS_WITH(in_folds(samples, 2), Contains("none is left to divide"));
}

TEST_CASE("a column of folds is checked", "[folds]") {
  std::vector<Sample> samples = in_folds(two_domains(), 3);
  const auto use = [&](int64_t fold) {
    std::vector<Sample> own = samples;
    use_fold(own, fold, "child");
  };
  CHECK_THROWS_WITH(use(4), Contains("fold 4, expected 1 to 3"));
  CHECK_THROWS_WITH(use(0), Contains("fold 0, expected 1 to 3"));
  CHECK(count_folds(two_domains()) == 0);
  samples[0].columns["fold"] = "";
  CHECK_THROWS_WITH(use(1), Contains("adult0_0.png: fold \"\", expected a number from 1"));
  samples[0].columns["fold"] = "2nd";
  CHECK_THROWS_WITH(use(1), Contains("adult0_0.png: fold \"2nd\", expected a number from 1"));
  samples = in_folds(two_domains(), 3);
  for (Sample& sample : samples)
    if (sample.path == "adult1_1.png") sample.columns["fold"] = sample.columns["fold"] == "3" ? "1" : "3";
  CHECK_THROWS_WITH(use(1), Contains("patient \"adult1\" is in fold") && Contains("adult1_1.png"));
  samples = in_folds(two_domains(), 2);
  CHECK_THROWS_WITH(use(1), Contains("2 folds leave none to train on; expected at least 3"));
}

}  // namespace tuna
