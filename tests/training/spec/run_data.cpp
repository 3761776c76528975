#include "training/spec/run_data.h"

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

TEST_CASE("a run warns of files that its folders have in addition", "[run_data]") {
  const TemporaryFolder folder;
  for (const std::string domain : {"a", "c"})
    for (int i = 0; i < 60; ++i) folder.write(fmt::format("{}/{}/{}.png", domain, i % 2 ? "ill" : "well", i), "");
  folder.write("a/ill/61.bmp", "");
  folder.write("c/.DS_Store", "");
  const RunData data(spec_of(folder, R"({"folders": {"adult": "a", "child": "c"}})"));
  const std::string warnings = fmt::format("{}", fmt::join(data.warnings(), "\n"));
  CHECK_THAT(warnings,
             Contains("a: left out: 1 files that are not named as PNG or JPEG images (1 .bmp), such as ill/61.bmp"));
  CHECK_THAT(warnings, Contains("c: left out: 1 hidden files (1 without suffix), such as .DS_Store"));
}

}  // namespace tuna
