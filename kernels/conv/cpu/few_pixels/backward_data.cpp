// dwindows = dy weight, added up to dx.
#include <algorithm>

#include "kernels/conv/cpu/few_pixels/directions.h"
#include "kernels/conv/cpu/few_pixels/windows.h"
#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/parts.h"

namespace tuna::conv_cpu::windows {
namespace {

// Blocks of the weight, [rows, elements of windows], that the second cache holds.
constexpr int64_t kBlockRows = 64, kBlockPanels = 8;

// Computes a range of panels of columns of dwindows.  dy is a matrix [pixels, output channels] with a row stride of
// out_channels + kSkew.
void multiply_by_weight(const Windows& windows, const float* dy, const float* weight, Range panels, float* gradients) {
  const int64_t size = windows.size(), pixels = windows.pixels(), channels = windows.p.out_channels;
  const int64_t blocks = parts_of_at_most(channels, kBlockRows);
  for (int64_t block = 0; block < blocks; ++block) {
    const Range rows = part_of(channels, block, blocks);
    const float* b = weight + rows.begin * size + panels.begin * kPanel;
    multiply_panels(pixels, panels.size() * kPanel,
                    {.a = dy + rows.begin,
                     .a_row = channels + kSkew,
                     .a_column = 1,
                     .b = b,
                     .b_row = size,
                     .depth = rows.size(),
                     .c = gradients + panels.begin * kPanel,
                     .c_row = windows.row(),
                     .add = block > 0,
                     .next = b + 2 * kPanel,  // not the next line, which the processor prefetches
                     .next_step = size},
                    kPanel);
  }
}

}  // namespace

Prepared backward_data(const ConvProblem& p) {
  const Windows windows{p};
  const int64_t dy_row = p.out_channels + kSkew;
  return {size_t(windows.floats() + windows.pixels() * dy_row) * sizeof(float), [=](const Args& args, Stream&) {
            float *gradients = static_cast<float*>(args.workspace), *dy = gradients + windows.floats();
            for (int64_t pixel = 0; pixel < windows.pixels(); ++pixel)
              std::copy_n(args.in[0].data<float>() + pixel * p.out_channels, p.out_channels, dy + pixel * dy_row);
            const int64_t panels = windows.size() / kPanel, parts = parts_of_at_most(panels, kBlockPanels);
#pragma omp parallel for schedule(static)
            for (int64_t part = 0; part < parts; ++part)
              multiply_by_weight(windows, dy, args.in[1].data<float>(), part_of(panels, part, parts), gradients);
            scatter(windows, gradients, args.out[0].data<float>());
          }};
}

}  // namespace tuna::conv_cpu::windows
