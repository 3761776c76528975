// Images next to each other under captions.
#pragma once

#include <string>
#include <vector>

#include "data/image.h"

namespace tuna {

struct PictureRow {
  std::string caption;  // to the left; may have several lines
  std::vector<Image> images;
};

/// Rows under captions of their columns.
struct PictureBlock {
  std::vector<std::string> columns;
  std::vector<PictureRow> rows;
};

/// Every pixel becomes factor x factor equal ones.
Image enlarge(const Image& image, int64_t factor);

/// The blocks below each other, on white.  Images are enlarged by a whole number to at least 256 pixels a side;
/// captions that are too long are cut.  All images have the same number of channels.
Image picture(const std::vector<PictureBlock>& blocks);

}  // namespace tuna
