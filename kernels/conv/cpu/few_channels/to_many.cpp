// The side with many channels from that with few: a row of pixels is the product of their windows and the weight.
#include "kernels/conv/cpu/few_channels/directions.h"
#include "kernels/conv/cpu/few_channels/sides.h"

namespace tuna::conv_cpu::few {
namespace {

// A matrix [window, channels of `many`], in panels of kPanel columns.
Packing pack_weight(const Sides& sides) {
  return {1, "few_channels to many", size_t(sides.window() * sides.many.c) * sizeof(float),
          [sides](const void* source, void* target, Stream&) {
            const float* weight = static_cast<const float*>(source);
            float* packed = static_cast<float*>(target);
#pragma omp parallel for schedule(static)
            for (int64_t panel = 0; panel < sides.many.c; panel += kPanel)
              for (int64_t element = 0; element < sides.window(); ++element)
                for (int64_t lane = 0; lane < kPanel; ++lane)
                  packed[panel * sides.window() + element * kPanel + lane] =
                      weight[sides.in_weight(element, panel + lane)];
          }};
}

void compute_pixels(const Sides& sides, const float* few, const float* weight, const float* bias, int64_t row,
                    Range pixels, float* many) {
  const int64_t channels = sides.many.c;
  alignas(64) float strip[kStripFloats];
  gather_windows(sides, few, row, pixels, strip);
  float* to = many + (row * sides.many.w + pixels.begin) * channels;
  for (int64_t i = 0; bias && i < pixels.size(); ++i) std::copy_n(bias, channels, to + i * channels);
  multiply_panels(pixels.size(), channels,
                  {.a = strip,
                   .a_row = sides.stride * sides.column(),
                   .a_column = 1,
                   .b = weight,
                   .b_row = kPanel,
                   .depth = sides.window(),
                   .c = to,
                   .c_row = channels,
                   .add = bias != nullptr,
                   .next = weight,
                   .next_step = kPanel},
                  sides.window() * kPanel);
}

}  // namespace

Prepared to_many(const ConvProblem& problem) {
  const Sides sides(problem);
  Prepared prepared;
  prepared.packings = {pack_weight(sides)};
  prepared.run = [sides, has_bias = problem.bias](const Args& args, Stream&) {
    const int64_t rows = sides.many.n * sides.many.h, blocks = parts_of_at_most(sides.many.w, kMostPixels);
    const float *few = args.in[0].data<float>(), *bias = has_bias ? args.in[2].data<float>() : nullptr;
    float* many = args.out[0].data<float>();
#pragma omp parallel for schedule(static) collapse(2)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t block = 0; block < blocks; ++block)
        compute_pixels(sides, few, static_cast<const float*>(args.packed[0]), bias, row,
                       part_of(sides.many.w, block, blocks), many);
  };
  return prepared;
}

}  // namespace tuna::conv_cpu::few
