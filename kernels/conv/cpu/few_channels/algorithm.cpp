// Convolutions with few channels on one side as an algorithm of the table, and the rule where it runs.
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

// oneDNN computes a vector of output channels, of which few are used: where few channels are written, it takes 2 to 10
// times as long.  So it does for the weight if y has few channels; if x has them, it is slower for large images and as
// fast for small ones, and faster with stride 2.  These hold with AVX2 and AVX-512.
bool fits(ConvDirection direction, const ConvProblem& p, const Target&) {
  return few::is_computed(p)
         && (writes_few(direction, p) || (direction == ConvDirection::backward_weight && p.stride == 1));
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target&) {
  return direction == ConvDirection::backward_weight ? few::backward_weight(problem) : few::to_few(problem);
}

}  // namespace

constinit const ConvAlgorithm few_channels{"few_channels", fits, prepare};

}  // namespace tuna::conv_cpu
