#include "kernels/conv/cpu/winograd/weights.h"

#include <algorithm>

#include "kernels/conv/cpu/microkernel.h"
#include "kernels/conv/cpu/transpose.h"

namespace tuna::conv_cpu::winograd {
namespace {

constexpr int64_t kAllTaps = kTaps * kTaps;

int64_t component_floats(const ConvProblem& p) { return p.channels * p.out_channels + kSkew; }

// G g G^T of kPanel rows of a panel, where tap(t, row, lane) is a vector of the weight.
template <class Tap>
[[gnu::always_inline]] inline void transform_rows(const ConvProblem& p, float* to, Tap tap) {
  for (int64_t row = 0; row < kPanel; ++row)
    for (int64_t lane = 0; lane < kPanel; lane += kLanes)
      transform_2d<kTaps, kIn, weight_transform>([&](int i, int j) { return tap(i * kTaps + j, row, lane); },
                                                 [&](int i, int j, const Vector& v) {
                                                   store(to + (i * kIn + j) * component_floats(p) + row * kPanel + lane,
                                                         v);
                                                 });
}

// Calls transform(o, c) for all panels of output channels and channels, given by their first.
template <class Transform>
void each_pair_of_panels(const ConvProblem& p, Transform transform) {
#pragma omp parallel for schedule(static) collapse(2)
  for (int64_t o = 0; o < p.out_channels; o += kPanel)
    for (int64_t c = 0; c < p.channels; c += kPanel) transform(o, c);
}

}  // namespace

int64_t transformed_weight_floats(const ConvProblem& p) { return kComponents * component_floats(p); }

void transform_weight(const ConvProblem& p, const float* weight, float* transformed) {
  each_pair_of_panels(p, [&](int64_t o, int64_t c) {
    alignas(64) float taps[kAllTaps][kPanel][kPanel];  // with output channels contiguous
    for (int64_t tap = 0; tap < kAllTaps; ++tap)
      transpose_panel(weight + (o * kAllTaps + tap) * p.channels + c, kAllTaps * p.channels, taps[tap][0], kPanel);
    transform_rows(p, transformed + o * p.channels + c * kPanel,
                   [&](int64_t tap, int64_t row, int64_t lane) { return load(&taps[tap][row][lane]); });
  });
}

void transform_transposed_weight(const ConvProblem& p, const float* weight, float* transformed) {
  each_pair_of_panels(p, [&](int64_t o, int64_t c) {
    transform_rows(p, transformed + c * p.out_channels + o * kPanel, [&](int64_t tap, int64_t row, int64_t lane) {
      return load(weight + ((o + row) * kAllTaps + tap) * p.channels + c + lane);
    });
  });
}

void multiply_by_weight(int64_t tiles, int64_t depth, int64_t columns, TransformedTiles from, const float* weight,
                        TransformedTiles to) {
  const int64_t panels = columns / kPanel, groups = parts_of_at_most(tiles, kRows), units = kComponents * panels;
  const auto packed_panel = [=](int64_t unit) {
    return weight + unit / panels * (depth * columns + kSkew) + unit % panels * depth * kPanel;
  };
  // A unit is one panel of one component: 16 KiB of the weight for 256 channels, which stay in the first cache for all
  // tiles while the next panel, which comes from memory, is prefetched evenly.
#pragma omp parallel for schedule(static)
  for (int64_t unit = 0; unit < units; ++unit) {
    const int64_t component = unit / panels, column = unit % panels * kPanel;
    const float *panel = packed_panel(unit), *next = packed_panel(std::min(unit + 1, units - 1));
    const float* a = from.data + component * from.layout.component;
    float* c = to.data + component * to.layout.component + column;
    for (int64_t group = 0; group < groups; ++group) {
      const Range rows = part_of(tiles, group, groups);
      multiply(rows.size(), {.a = a + rows.begin * from.layout.tile,
                             .a_row = from.layout.tile,
                             .a_column = 1,
                             .b = panel,
                             .b_row = kPanel,
                             .depth = depth,
                             .c = c + rows.begin * to.layout.tile,
                             .c_row = to.layout.tile,
                             .next = next + group * depth * kPanel / groups,
                             .next_step = parts_of_at_most(kPanel, groups)});
    }
  }
}

}  // namespace tuna::conv_cpu::winograd
