// Which library a convolution runs on where there is a GPU: a fixed rule by shape, never a timing.
#ifdef TUNA_HAS_CUDA

#include "kernels/conv/cudnn.h"
#include "kernels/linear/cublas.h"

namespace tuna {
namespace {

Prepared prepare(const Op& op, ConvDirection direction, const ConvProblem& problem, const Types& in,
                 const Device& device) {
  check(in[0].dtype == DType::f32, "{}: backend cuda computes in f32 only, not {}", op.name(), to_string(in[0].dtype));
  return is_linear(problem) ? cublas_linear(direction, problem, device) : cudnn_convolution(direction, problem, device);
}

// Our own kernel adds the bias to what the library leaves.
Prepared with_bias(Prepared convolution, const Types& in, const Type& out, Device& device) {
  static const AddBias add_bias;
  const Prepared add = find_kernel(add_bias, Backend::cuda)(add_bias, {out, in[2]}, {out}, device);
  return {std::max(convolution.workspace, add.workspace), [=](const Args& args, Stream& stream) {
            convolution.run(args, stream);
            add.run({{args.out[0], args.in[2]}, {args.out[0]}, {}, args.workspace}, stream);
          }};
}

const KernelFor<Conv2d, Backend::cuda> forward([](const Conv2d& op, const Types& in, const Types& out, Device& device) {
  const ConvProblem problem = conv_problem(in[0].shape, in[1].shape, out[0].shape, op);
  Prepared convolution = prepare(op, ConvDirection::forward, problem, in, device);
  return in.size() > 2 ? with_bias(std::move(convolution), in, out[0], device) : convolution;
});

const KernelFor<Conv2dBackwardData, Backend::cuda> data([](const Conv2dBackwardData& op, const Types& in,
                                                           const Types& out, Device& device) {
  return prepare(op, ConvDirection::backward_data, conv_problem(out[0].shape, in[1].shape, in[0].shape, op), in,
                 device);
});

const KernelFor<Conv2dBackwardWeight, Backend::cuda> weight([](const Conv2dBackwardWeight& op, const Types& in,
                                                               const Types& out, Device& device) {
  return prepare(op, ConvDirection::backward_weight, conv_problem(in[0].shape, out[0].shape, in[1].shape, op), in,
                 device);
});

}  // namespace
}  // namespace tuna

#endif
