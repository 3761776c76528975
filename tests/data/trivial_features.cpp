#include "data/trivial_features.h"

#include <map>

#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

std::map<std::string, double> by_name(const std::vector<double>& values) {
  std::map<std::string, double> named;
  for (size_t i = 0; i < values.size(); ++i) named[trivial_features()[i].name] = values[i];
  return named;
}

}  // namespace

TEST_CASE("trivial features of an image that is half black and half white", "[trivial_features]") {
  const TemporaryFolder folder;
  Image image(4, 8, 1, -1);
  for (int64_t y = 0; y < 4; ++y)
    for (int64_t x = 4; x < 8; ++x) image.at(y, x) = 1;
  write_png(folder / "a.png", image);
  const auto all = measure_trivial_features({{folder / "a.png", "child", "", "p", ""}}, 1);
  REQUIRE(all.at(0).error.empty());
  const std::map<std::string, double> expected = {{"file size", double(std::filesystem::file_size(folder / "a.png"))},
                                                  {"width", 8},
                                                  {"height", 4},
                                                  {"aspect ratio", 2},
                                                  {"mean gradient", 1.0 / 7},  // 1 between two of the 8 columns
                                                  {"mean brightness", 0.5},
                                                  {"contrast", 0.5},
                                                  {"black border", 0.5},
                                                  {"corner brightness", 0.5}};
  REQUIRE(all[0].values.size() == expected.size());
  for (const auto& [name, value] : by_name(all[0].values)) {
    INFO(name);
    CHECK(value == Approx(expected.at(name)));
  }
}

TEST_CASE("a black border is rows and columns at the edges, not dark pixels inside", "[trivial_features]") {
  const TemporaryFolder folder;
  Image image(10, 10, 1, 0);
  for (int64_t i = 0; i < 10; ++i) image.at(0, i) = image.at(1, i) = image.at(i, 9) = image.at(5, i) = -1;
  write_png(folder / "framed.png", image);
  write_png(folder / "black.png", Image(10, 10, 1, -1));
  write_png(folder / "line.png", Image(1, 10, 1, 0));
  std::vector<Sample> samples;
  for (const char* name : {"framed.png", "black.png", "line.png"})
    samples.push_back({folder / name, "d", "", name, ""});
  const auto all = measure_trivial_features(samples, 2);
  CHECK(by_name(all.at(0).values).at("black border") == Approx(1 - 8 * 9 / 100.0));
  CHECK(by_name(all.at(1).values).at("black border") == 1);
  CHECK(by_name(all.at(2).values).at("black border") == 0);
  CHECK(by_name(all.at(2).values).at("mean gradient") == 0);
}

TEST_CASE("an image that cannot be read has an error instead of trivial features", "[trivial_features]") {
  const TemporaryFolder folder;
  write_png(folder / "a.png", Image(4, 4, 3, 0));
  folder.write("b.png", "not an image");
  const auto all = measure_trivial_features({{folder / "b.png", "d", "", "b", ""},
                                             {folder / "c.png", "d", "", "c", ""},
                                             {folder / "a.png", "d", "", "a", ""}},
                                            3);
  CHECK_THAT(all.at(0).error, Contains("b.png: "));
  CHECK(all.at(0).values.empty());
  CHECK_THAT(all.at(1).error, Contains("c.png: "));
  CHECK(all.at(2).error.empty());
  CHECK(by_name(all.at(2).values).at("mean brightness") == Approx(0.5).margin(0.01));
}

}  // namespace tuna
