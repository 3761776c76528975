#include "data/orientation.h"

#include "data/file.h"
#include "data/image_file.h"
#include "tests/catch.h"
#include "tests/data/folder.h"
#include "tests/data/image_bytes.h"

namespace tuna {

TEST_CASE("an image is turned upright from each orientation", "[image][orientation]") {
  Image stored(2, 3, 1);
  stored.pixels = {1, 2, 3, 4, 5, 6};
  const auto check_upright = [&](int orientation, int64_t height, const std::vector<float>& pixels) {
    INFO("orientation " << orientation);
    const Image image = upright(stored, Orientation(orientation));
    CHECK((image.height == height && image.width == 6 / height));
    CHECK(image.pixels == pixels);
  };
  check_upright(1, 2, {1, 2, 3, 4, 5, 6});
  check_upright(2, 2, {3, 2, 1, 6, 5, 4});
  check_upright(3, 2, {6, 5, 4, 3, 2, 1});
  check_upright(4, 2, {4, 5, 6, 1, 2, 3});
  check_upright(5, 3, {1, 4, 2, 5, 3, 6});
  check_upright(6, 3, {4, 1, 5, 2, 6, 3});
  check_upright(7, 3, {6, 3, 5, 2, 4, 1});
  check_upright(8, 3, {3, 6, 2, 5, 1, 4});

  Image color(1, 2, 3);
  color.pixels = {1, 2, 3, 4, 5, 6};
  CHECK(upright(color, Orientation::top_right).pixels == std::vector<float>{4, 5, 6, 1, 2, 3});
}

TEST_CASE("the orientation is found in EXIF data of both byte orders", "[image][orientation]") {
  for (const bool little : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation)
      CHECK(exif_orientation(exif(orientation, little)) == Orientation(orientation));
    for (const int wrong : {0, 9, 255}) CHECK(exif_orientation(exif(wrong, little)) == Orientation::top_left);
    const std::string whole = exif(6, little);
    for (size_t length = 0; length < 20; ++length)
      CHECK(exif_orientation(whole.substr(0, length)) == Orientation::top_left);
  }
  CHECK(exif_orientation(replaced(exif(6), number(8, 4), "\xFF\xFF\xFF\xFF")) == Orientation::top_left);
  CHECK(exif_orientation(replaced(exif(6), number(1, 2) + "\x01\x12", "\xFF\xFF\x01\x12")) == Orientation::right_top);
}

TEST_CASE("JPEG and PNG are read upright", "[image][orientation]") {
  const TemporaryFolder folder;
  const std::string jpeg = read_file(test_file("gray.jpg"), 1000);
  const Image ramp = read_image(test_file("gray.jpg")), small = read_image(folder.write("a.png", small_png()));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string app1 = segment(0xE1, std::string("Exif\0\0", 6) + exif(orientation));
    const Image from_jpeg = read_image(folder.write("a.jpg", jpeg.substr(0, 2) + app1 + jpeg.substr(2)));
    const Image from_png = read_image(folder.write("b.png", small_png(chunk("eXIf", exif(orientation, true)))));
    CHECK(from_jpeg.width == (orientation <= 4 ? 24 : 16));
    CHECK(from_jpeg.pixels == upright(ramp, Orientation(orientation)).pixels);
    CHECK(from_png.pixels == upright(small, Orientation(orientation)).pixels);
  }
}

}  // namespace tuna
