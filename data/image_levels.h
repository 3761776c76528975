// Conversion of a decoder's output to an Image.
#pragma once

#include "data/image.h"

namespace tuna {

/// `levels`: [height, width, channels], 0 to `white`; 1 or 3 channels, or with alpha 2 or 4, which is dropped.
template <class Level>
Image image_of_levels(const Level* levels, int64_t height, int64_t width, int64_t channels, float white) {
  const int64_t kept = channels <= 2 ? 1 : 3;
  Image image(height, width, kept);
  for (int64_t pixel = 0; pixel < height * width; ++pixel)
    for (int64_t c = 0; c < kept; ++c)
      image.pixels[size_t(pixel * kept + c)] = float(levels[pixel * channels + c]) / white;
  return image;
}

}  // namespace tuna
