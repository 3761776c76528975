#include "data/picture.h"

#include <algorithm>

#include "data/caption.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// One character per pixel: '#' for black, '.' for white.
std::string drawn(const Image& image) {
  std::string text;
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) text += image.at(y, x) < 0 ? '#' : '.';
    text += '\n';
  }
  return text;
}

bool is_white(const Image& image, int64_t top, int64_t left, int64_t height, int64_t width) {
  for (int64_t y = top; y < top + height; ++y)
    for (int64_t x = left; x < left + width; ++x)
      for (int64_t c = 0; c < image.channels; ++c)
        if (image.at(y, x, c) != 1) return false;
  return true;
}

}  // namespace

TEST_CASE("a caption draws letters", "[picture]") {
  CHECK(drawn(caption("H", 1, 1))
        == "#..#..\n#..#..\n#..#..\n####..\n#..#..\n#..#..\n#..#..\n......\n......\n......\n......\n......\n");
  const Image small = caption("as child\nG_AP(x_a)", 1, 1), large = caption("as child\nG_AP(x_a)", 2, 3);
  CHECK(small.height == 24);
  CHECK(large.height == 2 * small.height);
  CHECK(large.width == 2 * small.width);
  for (int64_t y = 0; y < large.height; ++y)
    for (int64_t x = 0; x < large.width; ++x)
      for (int64_t c = 0; c < 3; ++c) REQUIRE(large.at(y, x, c) == small.at(y / 2, x / 2));
}

TEST_CASE("captions take any bytes", "[picture]") {
  CHECK(drawn(caption("M\xC3\xA4"
                      "dchen",
                      1, 1))
        == drawn(caption("M?dchen", 1, 1)));
  CHECK(drawn(caption("\xE5\xB0\x8F\t\x7F", 1, 1)) == drawn(caption("???", 1, 1)));
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += char(byte);
  CHECK(caption(all, 1, 1).width > 0);
  CHECK(caption("", 1, 1).pixels.empty());
}

TEST_CASE("a caption that is too long is cut, and says so", "[picture]") {
  CHECK(fit_caption("adult", 100, 1) == "adult");
  const std::string cut = fit_caption("a hospital with a very long name", 100, 1);
  CHECK(cut.substr(0, 3) == "a h");
  CHECK(cut.substr(cut.size() - 3) == "...");
  CHECK(caption(cut, 1, 1).width <= 100);
  CHECK(caption(cut, 1, 1).width > 90);
}

TEST_CASE("images are enlarged to 256 pixels a side, or keep their size", "[picture]") {
  Image gray(1, 2, 1);
  gray.pixels = {0.25f, 0.5f};
  CHECK(enlarge(gray, 2).pixels == std::vector<float>{0.25f, 0.25f, 0.5f, 0.5f, 0.25f, 0.25f, 0.5f, 0.5f});
  for (const auto& [side, enlarged] :
       {std::pair<int64_t, int64_t>{64, 256}, {96, 288}, {128, 256}, {256, 256}, {512, 512}}) {
    const Image image(side, side, 1, -1), sheet = picture({{{}, {{"", {image}}}}});
    INFO(side);
    CHECK(std::count(sheet.pixels.begin(), sheet.pixels.end(), -1.0f) == enlarged * enlarged);
  }
}

TEST_CASE("a picture has captions for rows and columns, and white gaps", "[picture]") {
  for (const int64_t channels : {1, 3}) {
    const Image black(64, 64, channels, -1);
    const PictureBlock block{{"normal", "pneumonia"}, {{"adult\nx_a", {black, black}}, {"back", {black}}}};
    const Image sheet = picture({block, block});
    const int64_t gap = 8, line = 36, margin = caption("adult", 3, 1).width, left = gap + margin + gap;
    REQUIRE(sheet.channels == channels);
    CHECK(sheet.width == left + 2 * (256 + gap));
    CHECK(sheet.height == gap + 2 * (line + 2 * (256 + gap)));
    CHECK_FALSE(is_white(sheet, gap, left, line, 256));              // "normal"
    CHECK_FALSE(is_white(sheet, gap, left + 256 + gap, line, 256));  // "pneumonia"
    CHECK_FALSE(is_white(sheet, gap + line, gap, 256, margin));      // "adult"
    CHECK(is_white(sheet, 0, 0, gap, sheet.width));
    CHECK(is_white(sheet, 0, left + 256, sheet.height, gap));
    CHECK(is_white(sheet, gap + line + 256 + gap, left + 256 + gap, 256, 256));  // no second image in that row
  }
}

TEST_CASE("a picture of nothing, or of gray and RGB images, is refused", "[picture]") {
  REQUIRE_THROWS_WITH(picture({}), Contains("at least one image"));
  REQUIRE_THROWS_WITH(picture({{{}, {{"", {Image(8, 8, 1), Image(8, 8, 3)}}}}}), Contains("mixes gray and RGB"));
}

TEST_CASE("long and foreign captions leave the sheet whole", "[picture]") {
  const Image black(256, 256, 1, -1);
  const std::string name =
      "a hospital with a very long name in \xD0\x9A\xD0\xB8\xD1\x97\xD0\xB2 and branches elsewhere";
  const Image sheet = picture({{{name}, {{name + "\nx_a", {black}}}}});
  CHECK(sheet.width <= 3 * 8 + 320 + 256);
}

}  // namespace tuna
