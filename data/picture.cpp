#include "data/picture.h"

#include <algorithm>
#include <sstream>

#include "data/caption.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

/// Sizes in pixels that all blocks share.
struct Layout {
  int64_t channels = 0, factor = 1;  // by which images are enlarged
  int64_t cell = 0, columns = 0;     // the larger side of an enlarged image; images in the longest row
  int64_t text = 1, gap = 0, margin = 0, line = 0;

  explicit Layout(const std::vector<PictureBlock>& blocks) {
    constexpr int64_t kLeast = 256, kFontLine = 12;
    int64_t side = 0;
    for_each_row(blocks, [&](const PictureRow& row) {
      columns = std::max(columns, int64_t(row.images.size()));
      for (const Image& image : row.images) {
        check(channels == 0 || channels == image.channels, "a picture mixes gray and RGB images");
        channels = image.channels;
        side = std::max({side, image.height, image.width});
      }
    });
    check(side > 0, "a picture needs at least one image");
    factor = (kLeast + side - 1) / side;
    cell = side * factor;
    text = 3 * cell / kLeast;
    gap = cell / 32;
    line = kFontLine * text;
    for_each_row(blocks, [&](const PictureRow& row) { margin = std::max(margin, row_caption(row).width); });
  }

  /// Its lines are cut to 1.25 times the width of an image.
  Image row_caption(const PictureRow& row) const {
    std::istringstream lines(row.caption);
    std::string fitting;
    for (std::string each; std::getline(lines, each);)
      fitting += (fitting.empty() ? "" : "\n") + fit_caption(each, cell + cell / 4, text);
    return caption(fitting, text, channels);
  }

  Image column_caption(const std::string& column) const {
    return caption(fit_caption(column, cell, text), text, channels);
  }

  int64_t left_of(int64_t column) const { return gap + margin + gap + column * (cell + gap); }
  int64_t width() const { return left_of(columns); }
  int64_t height_of(const PictureBlock& block) const { return line + int64_t(block.rows.size()) * (cell + gap); }

 private:
  template <class Visit>
  static void for_each_row(const std::vector<PictureBlock>& blocks, Visit visit) {
    for (const PictureBlock& block : blocks)
      for (const PictureRow& row : block.rows) visit(row);
  }
};

void draw_row(const PictureRow& row, int64_t top, const Layout& layout, Image& sheet) {
  const Image caption = layout.row_caption(row);
  paste(caption, sheet, top + (layout.cell - caption.height) / 2, layout.gap);
  for (size_t i = 0; i < row.images.size(); ++i)
    paste(enlarge(row.images[i], layout.factor), sheet, top, layout.left_of(int64_t(i)));
}

}  // namespace

Image enlarge(const Image& image, int64_t factor) {
  Image large(image.height * factor, image.width * factor, image.channels);
  for (int64_t y = 0; y < large.height; ++y)
    for (int64_t x = 0; x < large.width; ++x)
      for (int64_t c = 0; c < large.channels; ++c) large.at(y, x, c) = image.at(y / factor, x / factor, c);
  return large;
}

Image picture(const std::vector<PictureBlock>& blocks) {
  const Layout layout(blocks);
  int64_t height = layout.gap;
  for (const PictureBlock& block : blocks) height += layout.height_of(block);
  Image sheet(height, layout.width(), layout.channels, 1);
  int64_t top = layout.gap;
  for (const PictureBlock& block : blocks) {
    for (size_t i = 0; i < block.columns.size(); ++i)
      paste(layout.column_caption(block.columns[i]), sheet, top, layout.left_of(int64_t(i)));
    top += layout.line;
    for (const PictureRow& row : block.rows) {
      draw_row(row, top, layout, sheet);
      top += layout.cell + layout.gap;
    }
  }
  return sheet;
}

}  // namespace tuna
