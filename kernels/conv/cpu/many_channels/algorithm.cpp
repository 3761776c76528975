// Convolutions of many channels as an algorithm of the table, and the rule where it runs.
#include "kernels/conv/cpu/many_channels/directions.h"
#include "kernels/conv/cpu/table.h"
#include "kernels/conv/cpu/vectors.h"

namespace tuna::conv_cpu {
namespace many {

bool is_computed(const ConvProblem& p) {
  return p.dtype == DType::f32 && p.channels % kPanel == 0 && p.out_channels % kPanel == 0;
}

}  // namespace many

namespace {

// Forward is left to others: a kernel like that of backward data was up to 8 % slower than oneDNN's.
bool pays(ConvDirection direction, const ConvProblem& p) {
  constexpr int64_t kFewestChannels = 32, kFewestTaps = 9;
  if (std::min(p.channels, p.out_channels) < kFewestChannels || p.kernel_height * p.kernel_width < kFewestTaps)
    return false;
  // Backward data multiplies the pixels of a row that have the same taps.  Few of them do not use the registers.
  constexpr int64_t kFewestPixels = 8;
  if (direction == ConvDirection::backward_data) return p.width >= kFewestPixels * p.stride;
  // Backward weights multiplies zeros at the end of each row, (kernel - 1) / stride: with stride 1 a sixth of all for
  // 15 pixels and 4x4.  With a stride oneDNN loses more.
  constexpr int64_t kPixelsPerZero = 8;
  return direction == ConvDirection::backward_weight
         && (p.stride > 1 || p.out_width >= kPixelsPerZero * (p.kernel_width - 1));
}

bool fits(ConvDirection direction, const ConvProblem& p, const Target&) {
  return many::is_computed(p) && p.padding < std::min(p.kernel_height, p.kernel_width) && pays(direction, p);
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  return direction == ConvDirection::backward_data ? many::backward_data(problem)
                                                   : many::backward_weight(problem, target.device.threads);
}

}  // namespace

constinit const ConvAlgorithm many_channels{"many_channels", fits, prepare};

}  // namespace tuna::conv_cpu
