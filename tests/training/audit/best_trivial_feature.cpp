#include "training/audit/best_trivial_feature.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/image.h"
#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

/// Images of one gray value each, and their manifest.
class Images {
 public:
  /// Ten of each class; the positive ones are brighter by `difference`.
  void add(const std::string& domain, const std::string& split, float difference, bool labelled = true,
           const std::string& site = "") {
    for (int i = 0; i < 20; ++i) {
      const bool ill = i % 2 == 1;
      const std::string name = fmt::format("{}_{}_{}.png", domain, split, i);
      write_png(folder / name, Image(16, 16, 1, 0.01f * float(i) + (ill ? difference : 0)));
      text += fmt::format("{},{},{},{},{},{}\n", name, domain, labelled ? ill ? "ill" : "well" : "", name, split,
                          site.empty() ? std::string("one") : site + (ill ? " a" : " b"));
    }
  }

  Spec spec() const {
    folder.write("m.csv", text);
    return parse_spec(R"({"domains": {"source": "adult", "target": "child"}, "classes": ["well", "ill"],
                          "positive": "ill", "evaluate": {"bootstrap": 20}, "data": {"manifest": "m.csv"}})",
                      "test.json", folder.path());
  }

  TemporaryFolder folder;
  std::string text = "path,domain,label,patient,split,site\n";
};

}  // namespace

TEST_CASE("the best trivial feature is chosen on validation images and measured on test images", "[audit]") {
  Images images;
  for (const char* split : {"train", "validation", "test"}) images.add("adult", split, 0.5f);
  images.add("child", "train", 0.5f);
  images.add("child", "validation", 0.5f);
  images.add("child", "test", -0.5f);
  const Spec spec = images.spec();
  const auto best = best_trivial_feature(RunData(spec), spec, 2);
  REQUIRE(best);
  CHECK(best->skipped.empty());
  CHECK(best->test().feature == "mean brightness");
  CHECK(best->test().larger);
  CHECK(best->test().auc < 0.1);  // the test images have it the other way round
  CHECK_THAT(to_line(best, spec), Contains("best trivial feature: mean brightness, AUC 0.0")
                                      && Contains("larger in ill, chosen on labelled validation images"));
  REQUIRE(best->all.size() == 10);  // those of data/trivial_features.h, and a column
  CHECK(std::is_sorted(best->all.begin(), best->all.end(),
                       [](const auto& a, const auto& b) { return a.validation_auc > b.validation_auc; }));
  CHECK(best->all[0].validation_auc > 0.9);
  nlohmann::json evaluation;
  add_to_json(evaluation, *best);
  CHECK(evaluation["best_trivial_feature"]["auc"] == best->test().auc);
  CHECK(evaluation["trivial_features"].size() == best->all.size());
  CHECK(evaluation["trivial_features"][0]["name"] == "mean brightness");
  CHECK(evaluation["trivial_features"][0]["validation_auc"] == best->all[0].validation_auc);
  CHECK(evaluation["trivial_features"][0]["interval_95"].size() == 2);
  CHECK_THROWS_WITH(best_trivial_feature(RunData(spec), spec, 1, [] { fail("stopped"); }), Contains("stopped"));
}

TEST_CASE("a column of text is the best trivial feature by its class rates on validation images", "[audit]") {
  Images images;
  for (const char* split : {"train", "validation", "test"}) {
    images.add("adult", split, 0);
    images.add("child", split, 0.005f, true, "site");
  }
  const Spec spec = images.spec();
  const auto best = best_trivial_feature(RunData(spec), spec, 1);
  REQUIRE(best);
  CHECK(best->test().feature == "column site");
  CHECK(best->test().auc == 1);
  nlohmann::json evaluation;
  add_to_json(evaluation, *best);
  CHECK_FALSE(evaluation["best_trivial_feature"].contains("larger"));
}

TEST_CASE("the best trivial feature needs labels, and an unreadable image is a warning", "[audit]") {
  Images images;
  for (const char* split : {"train", "validation", "test"}) images.add("adult", split, 0.5f);
  images.add("child", "train", 0.5f);
  SECTION("no labels of test images") {
    images.add("child", "validation", 0.5f);
    images.add("child", "test", 0.5f, false);
    const Spec spec = images.spec();
    const auto best = best_trivial_feature(RunData(spec), spec, 1);
    CHECK_FALSE(best);
    CHECK(to_line(best, spec).empty());
  }
  SECTION("no labels of validation images") {
    images.add("child", "validation", 0.5f, false);
    images.add("child", "test", 0.5f);
    const Spec spec = images.spec();
    const auto best = best_trivial_feature(RunData(spec), spec, 1);
    REQUIRE(best);
    CHECK_THAT(to_line(best, spec), Contains("warning: no trivial feature is measured: the target's validation"));
    nlohmann::json evaluation;
    add_to_json(evaluation, *best);
    CHECK(evaluation["best_trivial_feature"].contains("skipped"));
    CHECK_FALSE(evaluation.contains("trivial_features"));
  }
  SECTION("an unreadable image") {
    images.add("child", "validation", 0.5f);
    images.add("child", "test", 0.5f);
    const Spec spec = images.spec();
    images.folder.write("child_test_3.png", "no image");
    const auto best = best_trivial_feature(RunData(spec), spec, 1);
    REQUIRE(best);
    CHECK_THAT(to_line(best, spec),
               Contains("warning: no trivial feature is measured: ") && Contains("child_test_3.png: "));
  }
}

}  // namespace tuna
