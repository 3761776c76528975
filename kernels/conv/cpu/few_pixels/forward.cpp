// y = windows weight^T.  Panels of the weight's rows are transposed in the first cache, so that output channels are
// contiguous; with as few pixels as here this takes less time than to read the weight.
#include <algorithm>

#include "kernels/conv/cpu/few_pixels/directions.h"
#include "kernels/conv/cpu/few_pixels/windows.h"
#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/transpose.h"

namespace tuna::conv_cpu::windows {
namespace {

constexpr int64_t kStrip = 256;  // elements of a window whose weights are transposed at a time: 16 KiB

// kPanel output channels of all pixels, from their first; `bias` may be null.
void compute_panel(const Windows& windows, const float* of_pixels, const float* weight, const float* bias, float* y) {
  const int64_t size = windows.size(), pixels = windows.pixels(), channels = windows.p.out_channels;
  for (int64_t pixel = 0; pixel < pixels; ++pixel)
    for (int64_t o = 0; o < kPanel; ++o) y[pixel * channels + o] = bias ? bias[o] : 0;
  alignas(64) float transposed[kStrip * kPanel];
  for (int64_t begin = 0; begin < size; begin += kStrip) {
    const int64_t depth = std::min(kStrip, size - begin);
    for (int64_t k = 0; k < depth; k += kPanel)
      transpose_panel(weight + begin + k, size, transposed + k * kPanel, kPanel);
    multiply_panels(pixels, kPanel,
                    {.a = of_pixels + begin,
                     .a_row = windows.row(),
                     .a_column = 1,
                     .b = transposed,
                     .b_row = kPanel,
                     .depth = depth,
                     .c = y,
                     .c_row = channels,
                     .add = true,
                     .next = transposed,
                     .next_step = kPanel},
                    0);
  }
}

}  // namespace

Prepared forward(const ConvProblem& p) {
  const Windows windows{p};
  return {size_t(windows.floats()) * sizeof(float), [windows](const Args& args, Stream&) {
            const ConvProblem& p = windows.p;
            const float *weight = args.in[1].data<float>(), *bias = p.bias ? args.in[2].data<float>() : nullptr;
            float* of_pixels = static_cast<float*>(args.workspace);
            gather(windows, args.in[0].data<float>(), of_pixels);
#pragma omp parallel for schedule(static)
            for (int64_t o = 0; o < p.out_channels; o += kPanel)
              compute_panel(windows, of_pixels, weight + o * windows.size(), bias ? bias + o : nullptr,
                            args.out[0].data<float>() + o);
          }};
}

}  // namespace tuna::conv_cpu::windows
