// The size of a PNG without decoding it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tuna {

struct PngSize {
  int64_t width = 0, height = 0;
  int channels = 1;  ///< 1: gray. 3: RGB.
};

/// Of the header of a PNG that write_png() wrote; empty if the bytes do not begin with one.
std::optional<PngSize> png_size(std::string_view bytes);

}  // namespace tuna
