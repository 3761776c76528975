// What holds for every decoded image.
#pragma once

#include <algorithm>

#include "data/image_file.h"
#include "tests/fuzz/target.h"

namespace tuna {

inline void check_decoded(const std::string& bytes, int64_t width, int64_t height) {
  const Image image = decode_image(bytes, "file");
  must_hold(image.channels == 1 || image.channels == 3, "an image has 1 or 3 channels");
  must_hold(std::minmax(image.width, image.height) == std::minmax(width, height), "its size is that of the header");
  must_hold(int64_t(image.pixels.size()) == image.width * image.height * image.channels, "it has all its pixels");
  must_hold(std::all_of(image.pixels.begin(), image.pixels.end(), [](float x) { return x >= 0 && x <= 1; }),
            "its values are in [0, 1]");
}

}  // namespace tuna
