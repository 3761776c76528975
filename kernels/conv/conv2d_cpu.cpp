// Which cpu kernel a convolution runs on: a fixed rule by shape, never a timing.
#include "kernels/conv/onednn.h"
#include "kernels/conv/plain_conv.h"

namespace tuna {
namespace {

#ifdef TUNA_HAS_ONEDNN
constexpr auto forward = onednn_conv2d;
constexpr auto backward_data = onednn_conv2d_backward_data;
constexpr auto backward_weight = onednn_conv2d_backward_weight;
#else
constexpr auto forward = plain_conv2d;
constexpr auto backward_data = plain_conv2d_backward_data;
constexpr auto backward_weight = plain_conv2d_backward_weight;
#endif

void f32_only(const Op& op, const Types& in) {
  check(in[0].dtype == DType::f32, "{}: backend cpu computes in f32 only", op.name());
}

KernelFor<Conv2d, Backend::cpu> conv2d_kernel([](const Conv2d& op, const Types& in, const Types& out, Device&) {
  f32_only(op, in);
  return forward(conv_problem(in[0].shape, in[1].shape, out[0].shape, op), in.size() > 2);
});

KernelFor<Conv2dBackwardData, Backend::cpu> data_kernel([](const Conv2dBackwardData& op, const Types& in,
                                                           const Types& out, Device&) {
  f32_only(op, in);
  return backward_data(conv_problem(out[0].shape, in[1].shape, in[0].shape, op));
});

KernelFor<Conv2dBackwardWeight, Backend::cpu> weight_kernel([](const Conv2dBackwardWeight& op, const Types& in,
                                                               const Types& out, Device&) {
  f32_only(op, in);
  return backward_weight(conv_problem(in[0].shape, out[0].shape, in[1].shape, op));
});

}  // namespace
}  // namespace tuna
