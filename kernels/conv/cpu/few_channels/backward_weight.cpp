// The gradient of the weight: over all pixels, the sum of the products of an element of their window and a channel.
#include "kernels/conv/cpu/few_channels/directions.h"
#include "kernels/conv/cpu/few_channels/sides.h"

namespace tuna::conv_cpu::few {
namespace {

// Threads share the rows in parts that each sum up on their own, as many on every machine, so bits are the same.
constexpr int64_t kMostParts = 16;

// sums[window, channels of `many`] over `rows` of `many`.
void sum_rows(const Sides& sides, const float* few, const float* many, Range rows, float* sums) {
  const int64_t blocks = parts_of_at_most(sides.many.w, kMostPixels), channels = sides.many.c;
  alignas(64) float strip[kStripFloats];
  std::fill_n(sums, sides.window() * channels, 0.0f);
  for (int64_t row = rows.begin; row < rows.end; ++row)
    for (int64_t block = 0; block < blocks; ++block) {
      const Range pixels = part_of(sides.many.w, block, blocks);
      gather_windows(sides, few, row, pixels, strip);
      multiply_panels(sides.window(), channels,
                      {.a = strip,
                       .a_row = 1,
                       .a_column = sides.stride * sides.column(),
                       .b = many + (row * sides.many.w + pixels.begin) * channels,
                       .b_row = channels,
                       .depth = pixels.size(),
                       .c = sums,
                       .c_row = channels,
                       .add = true,
                       .next = many,
                       .next_step = 0},
                      kPanel);
    }
}

// dweight of an element of the window; the sums of the first part become the total.
void add_parts(const Sides& sides, float* sums, int64_t parts, int64_t element, float* dweight) {
  const int64_t channels = sides.many.c;
  float* total = sums + element * channels;
  for (int64_t part = 1; part < parts; ++part)
    for (int64_t c = 0; c < channels; ++c) total[c] += total[part * sides.window() * channels + c];
  for (int64_t c = 0; c < channels; ++c) dweight[sides.in_weight(element, c)] = total[c];
}

}  // namespace

Prepared backward_weight(const ConvProblem& problem) {
  const Sides sides(problem);
  const int64_t rows = sides.many.n * sides.many.h, parts = std::min(rows, kMostParts),
                part_floats = sides.window() * sides.many.c;
  Prepared prepared;
  prepared.workspace = size_t(parts * part_floats) * sizeof(float);
  prepared.run = [=](const Args& args, Stream&) {
    const float *x = args.in[0].data<float>(), *dy = args.in[1].data<float>();
    float* sums = static_cast<float*>(args.workspace);
#pragma omp parallel for schedule(static)
    for (int64_t part = 0; part < parts; ++part)
      sum_rows(sides, sides.few_is_output ? dy : x, sides.few_is_output ? x : dy, part_of(rows, part, parts),
               sums + part * part_floats);
#pragma omp parallel for schedule(static)
    for (int64_t element = 0; element < sides.window(); ++element)
      add_parts(sides, sums, parts, element, args.out[0].data<float>());
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::few
