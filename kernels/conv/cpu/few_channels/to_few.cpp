// The side with few channels from that with many, as the adjoint of to_many.cpp: the product of a row of pixels and the
// weight are windows, which are added where they overlap: first those of a row, then those of different rows.
#include "kernels/conv/cpu/few_channels/directions.h"
#include "kernels/conv/cpu/few_channels/sides.h"

namespace tuna::conv_cpu::few {
namespace {

int64_t padded_window(const Sides& sides) { return parts_of_at_most(sides.window(), kPanel) * kPanel; }

// A matrix [channels of `many`, window], in panels of kPanel columns; zeros fill the last one.
Packing pack_weight(const Sides& sides) {
  return {1, "few_channels to few", size_t(sides.many.c * padded_window(sides)) * sizeof(float),
          [sides](const void* source, void* target, Stream&) {
            const float* weight = static_cast<const float*>(source);
            float* packed = static_cast<float*>(target);
#pragma omp parallel for schedule(static)
            for (int64_t panel = 0; panel < padded_window(sides); panel += kPanel)
              for (int64_t channel = 0; channel < sides.many.c; ++channel)
                for (int64_t lane = 0; lane < kPanel; ++lane)
                  packed[panel * sides.many.c + channel * kPanel + lane] =
                      panel + lane < sides.window() ? weight[sides.in_weight(panel + lane, channel)] : 0;
          }};
}

// Columns of `few` that a row of `many` reaches, and those beyond them that exist.
int64_t columns_of_row(const Sides& sides) {
  return std::max(sides.columns(sides.many.w), sides.few.w + sides.padding);
}

// Adds windows of `pixels` neighbours where they overlap: strip[column, u, channel].
void add_windows(const Sides& s, const float* windows, int64_t pixels, float* strip) {
  // From one pixel to the next, the same column of `few` lies `stride` columns nearer to the begin of the window.
  const int64_t step = padded_window(s) - s.stride * s.column();
  for (int64_t column = 0; column < s.columns(pixels); ++column) {
    const int64_t begin = column < s.kernel ? 0 : (column - s.kernel) / s.stride + 1,
                  end = std::min(pixels, column / s.stride + 1);
    // The last vector of a column reaches into the next one, which overwrites that.
    for (int64_t element = 0; element < s.column(); element += kLanes) {
      Vector sum{};
      for (int64_t i = begin; i < end; ++i) sum += load(windows + i * step + column * s.column() + element);
      store(strip + column * s.column() + element, sum);
    }
  }
}

// sums[column, u, channel] of a row of `many`.
void sum_row(const Sides& sides, const float* many, const float* weight, float* sums) {
  const int64_t blocks = parts_of_at_most(sides.many.w, kMostPixels), channels = sides.many.c;
  alignas(64) float windows[kMostPixels * (kLargestKernel * kMostColumn + kPanel) + kLanes];
  alignas(64) float strip[kStripFloats];
  std::fill_n(sums, columns_of_row(sides) * sides.column(), 0.0f);
  for (int64_t block = 0; block < blocks; ++block) {
    const Range pixels = part_of(sides.many.w, block, blocks);
    multiply_panels(pixels.size(), padded_window(sides),
                    {.a = many + pixels.begin * channels,
                     .a_row = channels,
                     .a_column = 1,
                     .b = weight,
                     .b_row = kPanel,
                     .depth = channels,
                     .c = windows,
                     .c_row = padded_window(sides),
                     .next = weight,
                     .next_step = kPanel},
                    channels * kPanel);
    add_windows(sides, windows, pixels.size(), strip);
    float* to = sums + pixels.begin * sides.stride * sides.column();
    for (int64_t i = 0; i < sides.columns(pixels.size()) * sides.column(); ++i) to[i] += strip[i];
  }
}

// Row `row` of a sample of `few`: the sums over the rows of `many` that reach it, plus the bias, which may be null.
void add_rows(const Sides& s, const float* sums, const float* bias, int64_t row, float* few) {
  const int64_t reach = row + s.padding;  // row i of `many` reaches it with u = reach - i * stride
  const int64_t begin = reach < s.kernel ? 0 : (reach - s.kernel) / s.stride + 1,
                end = std::min(s.many.h, reach / s.stride + 1);
  const int64_t step = columns_of_row(s) * s.column() - s.stride * s.few.c;
  for (int64_t column = 0; column < s.few.w; ++column)
    for (int64_t c = 0; c < s.few.c; ++c) {
      const float* from = sums + (column + s.padding) * s.column() + reach * s.few.c + c;
      float sum = bias ? bias[c] : 0;
      for (int64_t i = begin; i < end; ++i) sum += from[i * step];
      few[(row * s.few.w + column) * s.few.c + c] = sum;
    }
}

}  // namespace

Prepared to_few(const ConvProblem& problem) {
  const Sides sides(problem);
  const int64_t row_floats = columns_of_row(sides) * sides.column();
  Prepared prepared;
  prepared.workspace = size_t(sides.many.h * row_floats) * sizeof(float);
  prepared.packings = {pack_weight(sides)};
  prepared.run = [=, has_bias = problem.bias](const Args& args, Stream&) {
    const float* bias = has_bias ? args.in[2].data<float>() : nullptr;
    float* sums = static_cast<float*>(args.workspace);
    for (int64_t n = 0; n < sides.many.n; ++n) {
      const float* many = args.in[0].data<float>() + n * sides.many.h * sides.many.w * sides.many.c;
      float* few = args.out[0].data<float>() + n * sides.few.h * sides.few.w * sides.few.c;
#pragma omp parallel for schedule(static)
      for (int64_t row = 0; row < sides.many.h; ++row)
        sum_row(sides, many + row * sides.many.w * sides.many.c, static_cast<const float*>(args.packed[0]),
                sums + row * row_floats);
#pragma omp parallel for schedule(static)
      for (int64_t row = 0; row < sides.few.h; ++row) add_rows(sides, sums, bias, row, few);
    }
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::few
