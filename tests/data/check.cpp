#include "data/check.h"

#include <nlohmann/json.hpp>

#include "data/image.h"
#include "engine/base/utf8.h"
#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

Image ramp(float start) {
  Image image(4, 5, 1);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = start + float(i) / 20;
  return image;
}

}  // namespace

TEST_CASE("check_data finds what would spoil a training run", "[check]") {
  const TemporaryFolder folder;
  write_png(folder / "a.png", ramp(-1));
  write_png(folder / "copy.png", ramp(-1));
  write_png(folder / "b.png", ramp(0));
  write_png(folder / "flat.png", Image(4, 5, 3, 0.5f));
  folder.write("bad.png", "no image");
  const std::vector<Sample> samples = {{folder / "a.png", "adult", "x", "p1", "train"},
                                       {folder / "copy.png", "adult", "x", "p2", "test"},
                                       {folder / "b.png", "adult", "y", "p1", "validation"},
                                       {folder / "flat.png", "child", "", "p3", "train"},
                                       {folder / "bad.png", "child", "", "p4", "train"}};
  for (const int threads : {1, 3}) {
    const DataReport report = check_data({samples, {}, {}}, threads);
    CHECK(!report.ok());
    REQUIRE(report.domains.size() == 2);
    const DomainReport &adult = report.domains[0], &child = report.domains[1];
    CHECK((adult.images == 3 && adult.patients == 2 && adult.rgb == 0));
    CHECK(adult.labels == std::vector<std::pair<std::string, int64_t>>{{"x", 2}, {"y", 1}});
    CHECK(adult.sizes == std::vector<std::pair<std::string, int64_t>>{{"5 x 4", 3}});
    CHECK(adult.low == 0);
    CHECK_THAT(adult.high, WithinAbs(0.975, 0.002));
    CHECK((child.images == 2 && child.rgb == 1));
    CHECK(child.warnings.size() == 1);

    REQUIRE(report.unreadable.size() == 1);
    CHECK(report.unreadable[0].paths[0] == (folder / "bad.png").string());
    REQUIRE(report.flat.size() == 1);
    CHECK(report.flat[0].paths[0] == (folder / "flat.png").string());
    REQUIRE(report.duplicates.size() == 1);
    CHECK(report.duplicates[0].paths[1] == (folder / "copy.png").string());
    REQUIRE(report.leaks.size() == 2);
    CHECK_THAT(report.leaks[0].message, Contains("the same pixels in train and in test"));
    CHECK_THAT(report.leaks[1].message, Contains("patient \"p1\" is in train and in validation"));

    CHECK_THAT(to_text(report), Contains("adult: 3 images of 2 patients") && Contains("bad.png: not a PNG"));
    CHECK(to_json(report)["domains"]["adult"]["labels"]["x"] == 2);
  }
}

TEST_CASE("the report in JSON escapes bytes that are not UTF-8, so that they can be read back", "[check]") {
  const TemporaryFolder folder;
  write_png(folder / "caf\xE9.png", ramp(-1));
  write_png(folder / "copy.png", ramp(-1));
  folder.write("\xFF.png", "no image");
  const DataReport report = check_data({{{folder / "caf\xE9.png", "adul\xE9", "l\xE9", "p1", "train"},
                                         {folder / "copy.png", "adul\xE9", "back\\slash", "p2", "train"},
                                         {folder / "\xFF.png", "adul\xE9", "", "Ren\xE9", "train"},
                                         {folder / "copy.png", "adul\xE9", "", "Ren\xE9", "test"}},
                                        {"warning of caf\xE9"},
                                        {"left out: \xE9"}},
                                       1);
  const nlohmann::json json = nlohmann::json::parse(to_json(report).dump());
  const std::string path = json["duplicates"][0]["paths"][0];
  CHECK(path == (folder / "caf\\xE9.png").string());
  CHECK(unescape_bytes(path) == (folder / "caf\xE9.png").string());
  CHECK(json["unreadable"][0]["paths"][0] == (folder / "\\xFF.png").string());
  CHECK(json["domains"]["adul\\xE9"]["labels"]["l\\xE9"] == 1);
  CHECK(json["domains"]["adul\\xE9"]["labels"]["back\\\\slash"] == 1);
  CHECK(json["warnings"][0] == "warning of caf\\xE9");
  CHECK(json["left_out"][0] == "left out: \\xE9");
  CHECK_FALSE(json["leaks"].empty());
  CHECK_THAT(to_text(report), Contains("caf\xE9.png and ") && Contains("warning: left out: \xE9\n"));
}

TEST_CASE("the report as text has a line for each name, whatever is in it", "[check]") {
  const TemporaryFolder folder;
  write_png(folder / "a\nb.png", ramp(-1));
  write_png(folder / "c.png", ramp(-1));
  const std::string split_patient = "p\x1B[2J", long_label(100'000, 'l');
  const DataReport report = check_data({{{folder / "a\nb.png", "adult\x07", long_label, split_patient, "train"},
                                         {folder / "c.png", "adult\x07", "ill\n", split_patient, "test"},
                                         {std::string(100'000, 'n') + ".png", "adult\x07", "", "q", "train"}},
                                        {"warning of\na"},
                                        {"left out: \x1B"}},
                                       1);
  const std::string text = to_text(report);
  CHECK(std::none_of(text.begin(), text.end(), [](char letter) { return letter != '\n' && uint8_t(letter) < ' '; }));
  CHECK(text.size() < 4'000);
  CHECK(std::count(text.begin(), text.end(), '\n') == 15);
  CHECK_THAT(text, Contains("warning: warning of\\x0Aa\n") && Contains("a\\x0Ab.png and ")
                       && Contains("patient \"p\\x1B[2J\" is in train and in test") && Contains("adult\\x07: 3 images")
                       && Contains("ill\\x0A 1, llll") && Contains("nnn...: "));
}

TEST_CASE("check_data reports nothing for good images", "[check]") {
  const TemporaryFolder folder;
  write_png(folder / "a.png", ramp(-1));
  write_png(folder / "b.png", ramp(0));
  const DataReport report = check_data(
      {{{folder / "a.png", "adult", "x", "p1", "train"}, {folder / "b.png", "adult", "x", "p2", "test"}}, {}, {}}, 2);
  CHECK(report.ok());
  CHECK((report.flat.empty() && report.duplicates.empty() && report.domains[0].warnings.empty()));
}

}  // namespace tuna
