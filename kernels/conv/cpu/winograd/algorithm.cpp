// Winograd's convolution as an algorithm of the table, and the rule where it runs.
#include "kernels/conv/cpu/table.h"
#include "kernels/conv/cpu/winograd/directions.h"
#include "kernels/conv/cpu/winograd/tiles.h"

namespace tuna::conv_cpu {
namespace winograd {

bool is_computed(const ConvProblem& p) {
  return p.dtype == DType::f32 && p.kernel_height == kTaps && p.kernel_width == kTaps && p.stride == 1 && p.padding <= 1
         && p.channels % kPanel == 0 && p.out_channels % kPanel == 0;
}

namespace {

// With few channels the transforms take longer than the products.  The transformed weight is four times as large as the
// weight, and few pixels do not make up for reading it: with 256 channels, 16 tiles take a third of the time of a
// direct convolution, and 4 tiles would take as long.  Tiles that reach far over the edge waste the three
// multiplications in four that are saved.
bool pays(const ConvProblem& p) {
  constexpr int64_t kFewestChannels = 32, kFewestPixels = 256, kFewestPixelsOfTile = 8;
  const int64_t pixels = p.samples * p.out_height * p.out_width;
  return std::min(p.channels, p.out_channels) >= kFewestChannels && pixels >= kFewestPixels
         && pixels >= kFewestPixelsOfTile * Tiles(p).count();
}

}  // namespace
}  // namespace winograd

namespace {

bool fits(ConvDirection, const ConvProblem& problem, const Target& target) {
  return target.winograd && winograd::is_computed(problem) && winograd::pays(problem);
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  switch (direction) {
    case ConvDirection::forward:
      return winograd::forward(problem);
    case ConvDirection::backward_data:
      return winograd::backward_data(problem);
    default:
      return winograd::backward_weight(problem, target.device.threads);
  }
}

}  // namespace

constinit const ConvAlgorithm winograd_4x4{"winograd_4x4", fits, prepare};

}  // namespace tuna::conv_cpu
