#include "data/image.h"

#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "data/file.h"
#include "data/image_file.h"
#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

Image row(const std::vector<float>& values) {
  Image image(1, int64_t(values.size()), 1);
  image.pixels = values;
  return image;
}

void check_values(const Image& image, const std::vector<float>& expected, float tolerance = 1e-5f) {
  REQUIRE(image.pixels.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) CHECK_THAT(image.pixels[i], WithinAbs(expected[i], tolerance));
}

/// The most memory that this process has used, in MB.
int64_t most_used_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

TEST_CASE("reads 8- and 16-bit PNG as fractions of their range", "[image]") {
  const Image deep = read_image(test_file("gray16.png"));
  REQUIRE((deep.height == 3 && deep.width == 4 && deep.channels == 1));
  for (int i = 0; i < 12; ++i) CHECK(deep.pixels[size_t(i)] == float(i * 5000 + 7) / 65535);

  const Image color = read_image(test_file("rgb8.png"));
  REQUIRE((color.height == 2 && color.width == 3 && color.channels == 3));
  CHECK(color.at(0, 1, 1) == 1);
  CHECK(color.at(0, 1, 0) == 0);
  CHECK(read_image(test_file("rgba8.png")).pixels == color.pixels);
}

TEST_CASE("reads JPEG", "[image]") {
  const Image image = read_image(test_file("gray.jpg"));
  REQUIRE((image.height == 16 && image.width == 24 && image.channels == 1));
  for (int64_t x = 0; x < 24; ++x) CHECK_THAT(image.at(7, x), WithinAbs(float(x) * 10 / 255, 0.02));
}

TEST_CASE("image files are told by their contents, folders' entries by their extension", "[image]") {
  CHECK(file_format_names() == "PNG or JPEG");
  for (const auto& [name, format] : std::map<std::string, std::string>{{"gray16.png", "PNG"}, {"gray.jpg", "JPEG"}}) {
    const FileFormat* found = file_format(read_file(test_file(name), 10000));
    REQUIRE(found);
    CHECK(found->name == format);
  }
  CHECK(file_format("hello") == nullptr);
  CHECK(file_format("") == nullptr);
  for (const char* name : {"a.png", "a.PNG", "a.jpg", "a.Jpeg"}) CHECK(has_image_extension(name));
  for (const char* name : {"a", "png", ".png", "a.txt", "a.png.txt"}) CHECK_FALSE(has_image_extension(name));
}

TEST_CASE("a file that is not a readable image is an error with its path", "[image]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(read_image(folder / "none.png"), Contains("none.png: no such file"));
  REQUIRE_THROWS_WITH(read_image(folder.path()), Contains("is a directory"));
  REQUIRE_THROWS_WITH(read_image(folder.write("text.png", "hello")), Contains("text.png: not a PNG or JPEG"));
  REQUIRE_THROWS_WITH(read_image(folder.write("empty.png", "")), Contains("not a PNG or JPEG"));
  REQUIRE_THROWS_WITH(read_image(test_file("truncated.jpg")), Contains("truncated.jpg: truncated"));
  REQUIRE_THROWS_WITH(read_image(test_file("truncated.png")), Contains("truncated.png: truncated"));
  REQUIRE_THROWS_WITH(write_png(folder / "no/such/folder.png", Image(1, 1, 1)),
                      Contains("no/such/folder.png: No such file or directory"));
}

TEST_CASE("any prefix of an image file is refused with the file's name", "[image]") {
  const TemporaryFolder folder;
  for (const char* name : {"gray16.png", "rgba8.png", "indexed.png", "gray.jpg", "progressive.jpg", "restarts.jpg"}) {
    const std::string whole = read_file(test_file(name), 10000);
    size_t refused = 0;
    for (size_t length = 0; length < whole.size(); ++length) {
      const auto path = folder.write("part", whole.substr(0, length));
      std::string message;
      try {
        read_image(path);
      } catch (const Error& error) {
        message = error.what();
      }
      refused += message.find("part: ") != message.npos;
    }
    CHECK(refused == whole.size());
  }
}

TEST_CASE("RGB becomes gray by BT.601 weights, gray becomes RGB by repeating", "[image]") {
  const Image gray = with_channels(read_image(test_file("rgb8.png")), 1);
  check_values(gray, {0.299f, 0.587f, 0.114f, 1, 1, 1});
  check_values(with_channels(row({0.25f, 0.5f}), 3), {0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f});
}

TEST_CASE("intensity maps to [-1, 1]", "[image]") {
  check_values(map_intensity(row({0, 0.5f, 0.75f}), Intensity::bit_depth), {-1, 0, 0.5f});
  check_values(map_intensity(row({0.2f, 0.3f, 0.4f}), Intensity::min_max), {-1, 0, 1});
  check_values(map_intensity(row({0.2f, 0.2f}), Intensity::min_max), {0, 0});

  Image ramp(1, 1001, 1);  // values 0, 0.001, ... 1: the percentiles are 0.005 and 0.995
  for (int64_t x = 0; x <= 1000; ++x) ramp.at(0, x) = float(x) / 1000;
  const Image mapped = map_intensity(ramp, Intensity::percentile);
  CHECK_THAT(mapped.at(0, 5), WithinAbs(-1, 1e-6));
  CHECK(mapped.at(0, 0) == -1);
  CHECK_THAT(mapped.at(0, 500), WithinAbs(0, 1e-6));
  CHECK_THAT(mapped.at(0, 994), WithinAbs(2 * 0.989 / 0.99 - 1, 1e-5));
  CHECK(mapped.at(0, 1000) == 1);
}

// The expected values are those of Pillow 12, Image.resize(..., BILINEAR) on mode F.
TEST_CASE("resize gives what Pillow's antialiased bilinear gives", "[image]") {
  check_values(resize(row({0, 1, 4, 9, 16, 25, 36}), 1, 3), {1.285714f, 9.941176f, 27});
  check_values(resize(row({0, 1, 4}), 1, 5), {0, 0.4f, 1, 2.8f, 4});
  Image image(5, 7, 1);
  for (int i = 0; i < 35; ++i) image.pixels[size_t(i)] = float(i * i % 11);
  check_values(resize(image, 3, 4), {3.210884f, 4.525714f, 3.474286f, 2.850340f, 5.497355f, 3.177778f, 4.528889f,
                                     4.920635f, 2.612245f, 4.588572f, 3.851429f, 2.102041f});
  CHECK(resize(image, 5, 7).pixels == image.pixels);
}

TEST_CASE("fit squashes, pads or crops to a square", "[image]") {
  const Image wide = row({0, 0.25f, 0.5f, 0.75f});
  const Image padded = fit_square(wide, 4, Fit::pad);
  check_values(padded, {-1, -1, -1, -1, 0, 0.25f, 0.5f, 0.75f, -1, -1, -1, -1, -1, -1, -1, -1});
  check_values(fit_square(wide, 1, Fit::center_crop), {0.25f});
  const Image squashed = fit_square(wide, 2, Fit::squash);
  REQUIRE((squashed.height == 2 && squashed.width == 2));
  CHECK(squashed.at(0, 0) == squashed.at(1, 0));
  CHECK(squashed.at(0, 1) > squashed.at(0, 0));
}

TEST_CASE("a strip of one pixel's width is fitted without a large image in between", "[image]") {
  for (const auto& [length, size, fit] : {std::tuple(100'000, 512, Fit::squash), std::tuple(100'000, 512, Fit::pad),
                                          std::tuple(3000, 256, Fit::center_crop)})
    for (const bool upright : {false, true}) {
      const Image strip = upright ? Image(length, 1, 1, 0.5f) : Image(1, length, 1, 0.5f);
      const int64_t before = most_used_mb();
      const Image square = fit_square(strip, size, fit);
      CHECK(most_used_mb() - before < 100);  // the squares are of 1 MB and less
      REQUIRE(int64_t(square.pixels.size()) == size * size);
      CHECK_THAT(square.at((size - 1) / 2, (size - 1) / 2), WithinAbs(0.5, 1e-5));
    }
}

TEST_CASE("center_crop is the middle of the scaled image", "[image]") {
  Image wide(4, 11, 1);
  for (int i = 0; i < 44; ++i) wide.pixels[size_t(i)] = float(i * i % 13);
  const Image scaled = resize(wide, 6, 17);
  Image expected(6, 6, 1);
  paste(scaled, expected, 0, -5);
  check_values(fit_square(wide, 6, Fit::center_crop), expected.pixels);
}

TEST_CASE("a written PNG is read back, rounded to 8 bits", "[image]") {
  const TemporaryFolder folder;
  Image image(2, 3, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = float(i) / 8 - 1.1f;
  write_png(folder / "a.png", image);
  const Image read = map_intensity(read_image(folder / "a.png"), Intensity::bit_depth);
  REQUIRE(read.channels == 3);
  CHECK(read.pixels[0] == -1);  // clamped
  for (size_t i = 1; i < 17; ++i) CHECK_THAT(read.pixels[i], WithinAbs(std::min(image.pixels[i], 1.0f), 1.01 / 255));
}

}  // namespace tuna
