#include "training/spec/run_data.h"

#include <functional>

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

Spec spec_of(const TemporaryFolder& folder, const std::string& data) {
  const std::string text = R"({"domains": {"source": "adult", "target": "child"}, "classes": ["well", "ill"],
                               "positive": "ill", "data": )"
                           + data + "}";
  return parse_spec(text, "test.json", folder.path());
}

}  // namespace

TEST_CASE("images of domains that are not in the spec are counted", "[run_data]") {
  const TemporaryFolder folder;
  std::string manifest = "path,domain,label,patient\n";
  const auto add = [&](const std::string& domain, int count) {
    for (int i = 0; i < count; ++i)
      manifest += fmt::format("{0}{1}.png,{0},{2},{0}{1}\n", domain, i, i % 2 ? "ill" : "well");
  };
  add("adult", 60);
  add("mouse", 3);
  add("cat", 2);
  folder.write("m.csv", manifest);
  const Spec spec = spec_of(folder, R"({"manifest": "m.csv"})");
  REQUIRE_THROWS_WITH(RunData(spec), Contains("no image is of the domain 'child'; the domains of the data are 'adult', "
                                              "'cat', 'mouse'"));
  add("child", 60);
  folder.write("m.csv", manifest);
  const RunData data(spec);
  CHECK(data.samples().size() == 120);
  REQUIRE_FALSE(data.warnings().empty());
  CHECK(data.warnings()[0]
        == "data: left out: 5 of 125 images, as their domains are not in the spec: 2 of 'cat', 3 of 'mouse'");
}

TEST_CASE("the folder of the images is that of the manifest, or what folders have in common", "[run_data]") {
  DataSpec data;
  data.manifest = "/images/set/manifest.csv";
  CHECK(data_root(data) == "/images/set");
  data.root = "/moved";
  CHECK(data_root(data) == "/moved");
  DataSpec folders;
  folders.folders = {{"adult", "/images/rsna/adult"}, {"child", "/images/rsna2/../kermany/child"}};
  CHECK(data_root(folders) == "/images");
  folders.folders = {{"adult", "/a"}, {"child", "/b"}};
  CHECK(data_root(folders) == "/");
}

TEST_CASE("a spec of the demo's phantoms says how these are drawn", "[run_data]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(
      RunData(spec_of(folder, R"({"manifest": "specs/../demo/phantoms/manifest.csv"})")),
      Contains("/demo/phantoms/manifest.csv: no such file; data/README.md")
          && Contains("`tuna data phantom --output " + (folder / "demo/phantoms").string() + " --adults 1000"));
  REQUIRE_THROWS_WITH(RunData(spec_of(folder, R"({"manifest": "mine/manifest.csv"})")), !Contains("--adults"));
}

TEST_CASE("a run warns of files that its folders have in addition", "[run_data]") {
  const TemporaryFolder folder;
  for (const std::string domain : {"a", "c"})
    for (int i = 0; i < 60; ++i) folder.write(fmt::format("{}/{}/{}.png", domain, i % 2 ? "ill" : "well", i), "");
  folder.write("a/ill/61.bmp", "");
  folder.write("c/.DS_Store", "");
  const RunData data(spec_of(folder, R"({"folders": {"adult": "a", "child": "c"}})"));
  const std::string warnings = fmt::format("{}", fmt::join(data.warnings(), "\n"));
  CHECK_THAT(warnings, Contains("a: left out: 1 file not named as PNG or JPEG images (1 .bmp), such as ill/61.bmp"));
  CHECK_THAT(warnings, Contains("c: left out: 1 hidden file (1 without suffix), such as .DS_Store"));
}

namespace {

/// A manifest with 30 adults and 30 children, every second one ill, and the lines' own fields after the label.
std::string manifest_with(const std::string& header, const std::function<std::string(int)>& fields) {
  std::string text = "path,domain,label,patient" + header + "\n";
  for (const std::string domain : {"adult", "child"})
    for (int i = 0; i < 30; ++i)
      text += fmt::format("{0}{1}.png,{0},{2},{0}{1}{3}\n", domain, i, i % 2 ? "ill" : "well", fields(i));
  return text;
}

RunData data_of(const TemporaryFolder& folder, const std::string& split) {
  return RunData(spec_of(folder, R"({"manifest": "m.csv", "split": )" + split + "}"));
}

}  // namespace

TEST_CASE("a run holds out a fold, of the manifest or of its own", "[run_data]") {
  const TemporaryFolder folder;
  folder.write("m.csv", manifest_with(",fold", [](int i) { return "," + std::to_string(i / 2 % 5 + 1); }));
  const RunData third = data_of(folder, R"({"fold": 3})");
  REQUIRE(third.target("test").size() == 6);
  CHECK(third.target("test")[0].path.filename() == "child4.png");
  CHECK(third.target("validation")[0].path.filename() == "child6.png");
  CHECK(third.source("train").size() == 18);
  CHECK(data_of(folder, R"({"fold": 3, "folds": 5})").target("test").size() == 6);
  CHECK_THROWS_WITH(data_of(folder, R"({"fold": 3, "folds": 4})"),
                    Contains("data.split.folds: 4, but the column fold of the images has 5 folds"));
  CHECK_THROWS_WITH(data_of(folder, R"({"fold": 6})"), Contains("data.split.fold: 6, expected 1 to 5"));
  const RunData none = data_of(folder, "{}");
  CHECK_THAT(fmt::format("{}", fmt::join(none.warnings(), "\n")), Contains("the column fold is not used"));

  folder.write("m.csv", manifest_with("", [](int) { return ""; }));
  CHECK_THROWS_WITH(data_of(folder, R"({"fold": 3})"),
                    Contains("data.split.fold: 3, but the images have no column fold"));
  const RunData own = data_of(folder, R"({"fold": 3, "folds": 5})");
  CHECK(own.target("test").size() == 6);
  CHECK(own.source("train").size() == 18);
}

TEST_CASE("a fold whose test images are of one class, or none, is refused", "[run_data]") {
  const TemporaryFolder folder;
  // Images of the source are in all folds, those of the target in folds by their class.
  std::string text = "path,domain,label,patient,fold\n";
  for (int i = 0; i < 40; ++i) {
    text += fmt::format("a{0}.png,adult,{1},a{0},{2}\n", i, i % 2 ? "ill" : "well", i / 2 % 4 + 1);
    text += fmt::format("c{0}.png,child,{1},c{0},{2}\n", i, i % 2 ? "ill" : "well", i % 4 + 1);
  }
  folder.write("m.csv", text);
  CHECK_THROWS_WITH(
      data_of(folder, R"({"fold": 2})"),
      Contains("data: with fold 2 of data.split the labelled test images of the target domain 'child' are "
               "all 'ill', or none is"));
  text = "path,domain,label,patient,fold\n";
  for (int i = 0; i < 40; ++i) {
    text += fmt::format("a{0}.png,adult,{1},a{0},{2}\n", i, i % 2 ? "ill" : "well", i / 2 % 4 + 1);
    text += fmt::format("c{0}.png,child,{1},c{0},{2}\n", i, i % 2 ? "ill" : "well", i / 2 % 3 + 1);
  }
  folder.write("m.csv", text);
  CHECK_THROWS_WITH(data_of(folder, R"({"fold": 4})"), Contains("no image of the target domain 'child' is tested on"));
}

TEST_CASE("a column for groups that is asked for must be there", "[run_data]") {
  const TemporaryFolder folder;
  folder.write("m.csv", manifest_with(",Sex", [](int i) { return i % 3 ? ",F" : ",M"; }));
  Spec spec = spec_of(folder, R"({"manifest": "m.csv"})");
  CHECK(RunData(spec).samples()[0].columns.at("sex") == "M");
  spec.evaluate.groups = {"sex", "hospital"};
  CHECK_THROWS_WITH(RunData(spec), Contains("evaluate.groups: the images have no column \"hospital\""));
  spec.evaluate.groups = {"sex"};
  CHECK_NOTHROW(RunData(spec));
}

}  // namespace tuna
