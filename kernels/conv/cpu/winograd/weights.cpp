#include "kernels/conv/cpu/winograd/weights.h"

#include "kernels/conv/cpu/microkernel.h"

namespace tuna::conv_cpu::winograd {
namespace {

int64_t component_floats(const ConvProblem& p) { return p.channels * p.out_channels + kSkew; }

/// kPanel x kPanel channels of a weight, with output channels contiguous.
struct TransposedTaps {
  alignas(64) float taps[kTaps * kTaps][kPanel][kPanel];

  TransposedTaps(const float* weight, int64_t channels) {
    for (int64_t o = 0; o < kPanel; ++o)
      for (int64_t tap = 0; tap < kTaps * kTaps; ++tap)
        for (int64_t c = 0; c < kPanel; ++c) taps[tap][c][o] = weight[(o * kTaps * kTaps + tap) * channels + c];
  }
};

/// Calls pack(o, c) for all panels of output channels and channels, given by their first.
template <class Pack>
void each_pair_of_panels(const ConvProblem& p, Pack pack) {
#pragma omp parallel for schedule(static) collapse(2)
  for (int64_t o = 0; o < p.out_channels; o += kPanel)
    for (int64_t c = 0; c < p.channels; c += kPanel) pack(o, c);
}

Packing packing(const ConvProblem& p, const char* layout,
                void (*pack)(const ConvProblem& p, const float* weight, float* packed)) {
  return {1, layout, size_t(kComponents * component_floats(p)) * sizeof(float),
          [p, pack](const void* source, void* packed, Stream&) {
            pack(p, static_cast<const float*>(source), static_cast<float*>(packed));
          }};
}

}  // namespace

Packing pack_weight(const ConvProblem& problem) {
  return packing(problem, "winograd_4x4", [](const ConvProblem& p, const float* weight, float* packed) {
    each_pair_of_panels(p, [&](int64_t o, int64_t c) {
      const TransposedTaps block(weight + o * kTaps * kTaps * p.channels + c, p.channels);
      for (int64_t row = 0; row < kPanel; ++row)
        for (int64_t lane = 0; lane < kPanel; lane += kLanes) {
          float* to = packed + o * p.channels + (c + row) * kPanel + lane;
          transform_2d<kTaps, kIn, weight_transform>(
              [&](int i, int j) { return load(&block.taps[i * kTaps + j][row][lane]); },
              [&](int i, int j, const Vector& v) { store(to + (i * kIn + j) * component_floats(p), v); });
        }
    });
  });
}

Packing pack_transposed_weight(const ConvProblem& problem) {
  return packing(problem, "winograd_4x4 transposed", [](const ConvProblem& p, const float* weight, float* packed) {
    each_pair_of_panels(p, [&](int64_t o, int64_t c) {
      for (int64_t row = 0; row < kPanel; ++row)
        for (int64_t lane = 0; lane < kPanel; lane += kLanes) {
          const float* from = weight + (o + row) * kTaps * kTaps * p.channels + c + lane;
          float* to = packed + c * p.out_channels + (o + row) * kPanel + lane;
          transform_2d<kTaps, kIn, weight_transform>(
              [&](int i, int j) { return load(from + (i * kTaps + j) * p.channels); },
              [&](int i, int j, const Vector& v) { store(to + (i * kIn + j) * component_floats(p), v); });
        }
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
