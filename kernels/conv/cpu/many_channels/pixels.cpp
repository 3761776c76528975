#include "kernels/conv/cpu/many_channels/pixels.h"

namespace tuna::conv_cpu::many {
namespace {

constexpr int64_t kPixelsOfBlock = 256;

// `from` is the first channel of a row of the image, or null for a row outside of it.
void copy_row(const float* from, const Shape& shape, const Layout& layout, float* to) {
  for (int64_t phase = 0; phase < layout.column_phases; ++phase, to += layout.phase_floats()) {
    const TapRange inside =
        from ? tap_range(phase, shape.w, layout.columns, int(layout.step), int(layout.padding)) : TapRange{0, 0, 0};
    std::fill(to, to + inside.begin * layout.channels, 0.0f);
    for (int64_t column = inside.begin; column < inside.end; ++column) {
      const float* pixel = from + (inside.first + (column - inside.begin) * layout.step) * shape.c;
      for (int64_t c = 0; c < layout.channels; c += kLanes) store(to + column * layout.channels + c, load(pixel + c));
    }
    std::fill(to + inside.end * layout.channels, to + layout.columns * layout.channels, 0.0f);
  }
}

}  // namespace

Blocks::Blocks(const ConvProblem& p, int64_t columns) : samples_(p.samples), rows_(p.out_height) {
  const int64_t rows = std::max<int64_t>(1, kPixelsOfBlock / columns);
  parts_of_samples_ = parts_of_at_most(samples_, std::max<int64_t>(1, rows / rows_));
  parts_of_rows_ = parts_of_at_most(rows_, rows);
}

void copy_pixels(const float* image, const Shape& shape, Range samples, int64_t first_row, int64_t rows,
                 const Layout& layout, float* to) {
  for (int64_t n = samples.begin; n < samples.end; ++n, to += layout.sample_floats())
    for (int64_t phase = 0; phase < layout.row_phases; ++phase)
      for (int64_t row = 0; row < rows; ++row) {
        const int64_t image_row = (first_row + row) * layout.step + phase - layout.padding;
        const bool inside = image_row >= 0 && image_row < shape.h;
        copy_row(inside ? image + (n * shape.h + image_row) * shape.w * shape.c : nullptr, shape, layout,
                 to + (phase * layout.column_phases * layout.rows + row) * layout.columns * layout.channels);
      }
}

Prefetches::Pixels Prefetches::take(int64_t count) {
  if (begin_ == end_) return {nullptr, 0};
  PixelRange& range = ranges_[begin_];
  const Pixels taken = range.pixels;
  range.pixels.first += count * taken.step;
  range.count -= count;
  if (range.count <= 0) ++begin_;
  return taken;
}

}  // namespace tuna::conv_cpu::many
