// dweight = dy^T windows, in groups of rows, each written once, in the order of addresses.
#include "kernels/conv/cpu/few_pixels/directions.h"
#include "kernels/conv/cpu/few_pixels/windows.h"
#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/parts.h"

namespace tuna::conv_cpu::windows {

Prepared backward_weight(const ConvProblem& p) {
  const Windows windows{p};
  return {size_t(windows.floats()) * sizeof(float), [windows](const Args& args, Stream&) {
            const int64_t size = windows.size(), channels = windows.p.out_channels,
                          groups = parts_of_at_most(channels, kRows);
            float* of_pixels = static_cast<float*>(args.workspace);
            gather(windows, args.in[0].data<float>(), of_pixels);
#pragma omp parallel for schedule(static)
            for (int64_t group = 0; group < groups; ++group) {
              const Range rows = part_of(channels, group, groups);
              multiply_panels(rows.size(), size,
                              {.a = args.in[1].data<float>() + rows.begin,
                               .a_row = 1,
                               .a_column = channels,
                               .b = of_pixels,
                               .b_row = windows.row(),
                               .depth = windows.pixels(),
                               .c = args.out[0].data<float>() + rows.begin * size,
                               .c_row = size,
                               .next = of_pixels + 2 * kPanel,
                               .next_step = windows.row()},
                              kPanel);
            }
          }};
}

}  // namespace tuna::conv_cpu::windows
