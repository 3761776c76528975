// Which algorithm a convolution runs on backend cpu: the first of a list that fits, a fixed rule by shape, never a
// timing.
#include "kernels/conv/onednn.h"
#include "kernels/conv/plain_conv.h"

namespace tuna {
namespace {

struct Algorithm {
  bool (*fits)(ConvDirection, const ConvProblem&);
  Prepared (*forward)(const ConvProblem&, bool bias);
  Prepared (*backward_data)(const ConvProblem&);
  Prepared (*backward_weight)(const ConvProblem&);
};

constexpr Algorithm kAlgorithms[] = {
#ifdef TUNA_HAS_ONEDNN
    {onednn_fits, onednn_conv2d, onednn_conv2d_backward_data, onednn_conv2d_backward_weight},
#endif
    {[](ConvDirection, const ConvProblem&) { return true; }, plain_conv2d, plain_conv2d_backward_data,
     plain_conv2d_backward_weight},
};

const Algorithm& algorithm(ConvDirection direction, const ConvProblem& problem) {
  return *std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms),
                       [&](const Algorithm& each) { return each.fits(direction, problem); });
}

void f32_only(const Op& op, const Types& in) {
  check(in[0].dtype == DType::f32, "{}: backend cpu computes in f32 only", op.name());
}

KernelFor<Conv2d, Backend::cpu> conv2d_kernel([](const Conv2d& op, const Types& in, const Types& out, Device&) {
  f32_only(op, in);
  const ConvProblem problem = conv_problem(in[0].shape, in[1].shape, out[0].shape, op);
  return algorithm(ConvDirection::forward, problem).forward(problem, in.size() > 2);
});

KernelFor<Conv2dBackwardData, Backend::cpu> data_kernel([](const Conv2dBackwardData& op, const Types& in,
                                                           const Types& out, Device&) {
  f32_only(op, in);
  const ConvProblem problem = conv_problem(out[0].shape, in[1].shape, in[0].shape, op);
  return algorithm(ConvDirection::backward_data, problem).backward_data(problem);
});

KernelFor<Conv2dBackwardWeight, Backend::cpu> weight_kernel([](const Conv2dBackwardWeight& op, const Types& in,
                                                               const Types& out, Device&) {
  f32_only(op, in);
  const ConvProblem problem = conv_problem(in[0].shape, out[0].shape, in[1].shape, op);
  return algorithm(ConvDirection::backward_weight, problem).backward_weight(problem);
});

}  // namespace
}  // namespace tuna
