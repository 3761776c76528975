// Convolutions with few channels on one side as algorithms of the table, and the rule where they run.
#include "kernels/conv/cpu/few_channels/directions.h"
#include "kernels/conv/cpu/few_channels/sides.h"
#include "kernels/conv/cpu/table.h"

namespace tuna::conv_cpu {
namespace few {

bool is_computed(const ConvProblem& p) {
  const bool in = p.channels <= kFew && p.out_channels % kPanel == 0 && p.stride <= kLargestStride;
  const bool out = p.out_channels <= kFew && p.channels % kPanel == 0 && p.stride == 1;
  return p.dtype == DType::f32 && (in || out) && p.kernel_height == p.kernel_width && p.kernel_height >= kSmallestKernel
         && p.kernel_height <= kLargestKernel && p.padding < p.kernel_height;
}

}  // namespace few

namespace {

bool writes_few(ConvDirection direction, const ConvProblem& p) {
  return direction == ConvDirection::forward ? p.out_channels <= few::kFew
                                             : direction == ConvDirection::backward_data && p.channels <= few::kFew;
}

// oneDNN computes a vector of output channels, of which few are used: where few channels are written, it mostly takes 3
// to 10 times as long (2.6.3, with AVX2 and AVX-512).  So it does for the weight if y has few channels; if x has them,
// it is as fast for small images, slower for large ones, and a third faster with stride 2.
bool is_slow_by_onednn(ConvDirection direction, const ConvProblem& p) {
  return writes_few(direction, p) || (direction == ConvDirection::backward_weight && p.stride == 1);
}

bool fits_before_onednn(ConvDirection direction, const ConvProblem& p, const Target&) {
  return few::is_computed(p) && is_slow_by_onednn(direction, p);
}

bool fits_after_onednn(ConvDirection direction, const ConvProblem& p, const Target&) {
  return few::is_computed(p) && !is_slow_by_onednn(direction, p);
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target&) {
  if (direction == ConvDirection::backward_weight) return few::backward_weight(problem);
  return writes_few(direction, problem) ? few::to_few(problem) : few::to_many(problem);
}

}  // namespace

constinit const ConvAlgorithm few_channels{"few_channels", fits_before_onednn, prepare};
constinit const ConvAlgorithm few_channels_rest{"few_channels_rest", fits_after_onednn, prepare};

}  // namespace tuna::conv_cpu
