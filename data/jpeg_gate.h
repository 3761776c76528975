// What a JPEG must be before stb_image decodes it.  Versions of stb_image before 2.28 write out of bounds for a Huffman
// table of more than 256 codes, and all of them use tables and pixels that a file lacks without having set them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/orientation.h"

namespace tuna {

struct JpegFacts {
  int64_t width = 0, height = 0;
  Orientation orientation = Orientation::top_left;
  /// Four components, and no segment of Adobe's that says which colors they are.  By convention, and by Pillow, they
  /// are Adobe's: cyan, magenta, yellow and black, inverted.
  bool is_cmyk_without_adobe = false;
};

/// Checks the segments (lengths, order), tables, frame, scans and restart markers, and that the scans are long enough
/// for the image and all parts of it have one.  Throws Error that begins with `file` and says which segment is wrong,
/// where, and what was expected.  Data after the end marker are ignored.
JpegFacts check_jpeg(std::string_view bytes, const std::string& file);

}  // namespace tuna
