// What a PNG must be before stb_image decodes it.  stb_image trusts much that it reads: it ignores checksums, reads
// palette entries that a file does not have, and decompresses without a limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/orientation.h"

namespace tuna {

struct PngFacts {
  int64_t width = 0, height = 0;
  int depth = 0;  ///< bits per sample
  Orientation orientation = Orientation::top_left;
  /// The image as a PNG of what was checked and is needed to decode it, with its data stored, not compressed:
  /// decompressing once is enough.  Its checksums are 0, which stb_image does not read.
  std::string stored;
};

/// Checks signature, chunks (lengths, order, checksums), header, palette, compressed data and filters, and that pixels
/// have a palette entry.  Throws Error that begins with `file` and says which chunk is wrong, where, and what was
/// expected.  Data after the last chunk and
/// transparency are ignored.
PngFacts check_png(std::string_view bytes, const std::string& file);

}  // namespace tuna
