// Convolutions over few pixels as an algorithm of the table, and the rule where it runs.
#include <algorithm>

#include "kernels/conv/cpu/few_pixels/directions.h"
#include "kernels/conv/cpu/table.h"
#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu {
namespace windows {

bool is_computed(const ConvProblem& p) {
  return p.dtype == DType::f32 && p.channels % kPanel == 0 && p.out_channels % kPanel == 0;
}

}  // namespace windows

namespace {

// Here the weight is larger than the images, and oneDNN reads or writes it once more to change its layout: with 20
// pixels it takes 1.5 to 3 times as long, with 80 it begins to be faster (2.6.3, with AVX-512; with AVX2 it is slower).
bool fits(ConvDirection, const ConvProblem& p, const Target&) {
  constexpr int64_t kMostPixels = 48, kFewestChannels = 64;
  return windows::is_computed(p) && p.samples * p.out_height * p.out_width <= kMostPixels
         && std::min(p.channels, p.out_channels) >= kFewestChannels;
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target&) {
  switch (direction) {
    case ConvDirection::forward:
      return windows::forward(problem);
    case ConvDirection::backward_data:
      return windows::backward_data(problem);
    default:
      return windows::backward_weight(problem);
  }
}

}  // namespace

constinit const ConvAlgorithm few_pixels{"few_pixels", fits, prepare};

}  // namespace tuna::conv_cpu
