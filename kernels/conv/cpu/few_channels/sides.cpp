#include "kernels/conv/cpu/few_channels/sides.h"

namespace tuna::conv_cpu::few {
namespace {

template <int Channels>
void copy_pixels(const float* from, int64_t count, int64_t step, float* to) {
  for (int64_t i = 0; i < count; ++i)
    for (int c = 0; c < Channels; ++c) to[i * step + c] = from[i * Channels + c];
}

constexpr decltype(&copy_pixels<1>) kCopyPixels[kFew] = {copy_pixels<1>, copy_pixels<2>, copy_pixels<3>,
                                                         copy_pixels<4>};

}  // namespace

Sides::Sides(const ConvProblem& p)
    : few(p.x()),
      many(p.y()),
      kernel(p.kernel_height),
      stride(p.stride),
      padding(p.padding),
      few_is_output(p.out_channels <= kFew) {
  if (!few_is_output) return;
  std::swap(few, many);
  padding = kernel - 1 - padding;
}

int64_t Sides::in_weight(int64_t element, int64_t channel) const {
  const int64_t v = element / column(), u = element / few.c % kernel, c = element % few.c;
  return few_is_output ? ((c * kernel + kernel - 1 - u) * kernel + kernel - 1 - v) * many.c + channel
                       : ((channel * kernel + u) * kernel + v) * few.c + c;
}

void gather_windows(const Sides& s, const float* few, int64_t row, Range pixels, float* strip) {
  const int64_t sample = row / s.many.h, top = row % s.many.h * s.stride - s.padding;
  const int64_t left = pixels.begin * s.stride - s.padding, columns = s.columns(pixels.size());
  const Range rows{std::max<int64_t>(0, -top), std::min(s.kernel, s.few.h - top)};
  const Range inside{std::max<int64_t>(0, -left), std::min(columns, s.few.w - left)};
  if (rows.size() < s.kernel || inside.size() < columns) std::fill_n(strip, columns * s.column(), 0.0f);
  for (int64_t u = rows.begin; u < rows.end; ++u)
    kCopyPixels[s.few.c - 1](few + ((sample * s.few.h + top + u) * s.few.w + left + inside.begin) * s.few.c,
                             inside.size(), s.column(), strip + inside.begin * s.column() + u * s.few.c);
}

}  // namespace tuna::conv_cpu::few
