// Which library a convolution runs on where there is a GPU: a fixed rule by shape, never a timing.
#ifdef TUNA_HAS_CUDA

#include "kernels/conv/cudnn.h"
#include "kernels/linear/cublas.h"
#include "kernels/pointwise/cast.h"

namespace tuna {
namespace {

/// The weight as the library takes it where activations are of a short type: rounded, once per value.
Packing rounded_weight(const Type& weight, DType dtype, Device& device) {
  static const Cast to_f16(DType::f16), to_bf16(DType::bf16);
  const Cast& cast = dtype == DType::f16 ? to_f16 : to_bf16;
  const Type rounded{dtype, weight.shape};
  const Prepared prepared = find_kernel(cast, Backend::cuda)(cast, {weight}, {rounded}, device);
  return {1, to_string(dtype), rounded.bytes(), [=](const void* source, void* packed, Stream& stream) {
            prepared.run({{{weight, const_cast<void*>(source)}}, {{rounded, packed}}, {}, nullptr}, stream);
          }};
}

Prepared by_library(const Op& op, ConvDirection direction, const ConvProblem& shapes, DType dtype, Device& device) {
  check(dtype != DType::f64, "{}: backend cuda has no f64", op.name());
  const ConvProblem problem = shapes.stored_as(dtype);
  return is_cublas(problem) ? cublas_linear(direction, problem, device) : cudnn_convolution(direction, problem, device);
}

/// A convolution or its gradient by x, which reads a weight, in[1].
Prepared with_weight(const Op& op, ConvDirection direction, const ConvProblem& problem, const Types& in,
                     Device& device) {
  const DType dtype = in[0].dtype;
  Prepared prepared = by_library(op, direction, problem, dtype, device);
  if (!is_short(dtype)) return prepared;
  prepared.packings = {rounded_weight(in[1], dtype, device)};
  prepared.run = [run = std::move(prepared.run)](const Args& args, Stream& stream) {
    Args packed = args;
    packed.in[1].memory = const_cast<void*>(args.packed[0]);
    run(packed, stream);
  };
  return prepared;
}

// Our own kernel adds the bias to what the library leaves.
Prepared with_bias(Prepared convolution, const Types& in, const Type& out, Device& device) {
  static const AddBias add_bias;
  const Prepared add = find_kernel(add_bias, Backend::cuda)(add_bias, {out, in[2]}, {out}, device);
  return {std::max(convolution.workspace, add.workspace),
          [run = std::move(convolution.run), add](const Args& args, Stream& stream) {
            run(args, stream);
            add.run({{args.out[0], args.in[2]}, {args.out[0]}, {}, args.workspace}, stream);
          },
          std::move(convolution.packings)};
}

const KernelFor<Conv2d, Backend::cuda> forward([](const Conv2d& op, const Types& in, const Types& out, Device& device) {
  const ConvProblem problem = conv_problem(in[0].shape, in[1].shape, out[0].shape, op);
  Prepared convolution = with_weight(op, ConvDirection::forward, problem, in, device);
  return in.size() > 2 ? with_bias(std::move(convolution), in, out[0], device) : convolution;
});

const KernelFor<Conv2dBackwardData, Backend::cuda> data([](const Conv2dBackwardData& op, const Types& in,
                                                           const Types& out, Device& device) {
  const ConvProblem problem = conv_problem(out[0].shape, in[1].shape, in[0].shape, op);
  return with_weight(op, ConvDirection::backward_data, problem, in, device);
});

const KernelFor<Conv2dBackwardWeight, Backend::cuda> weight([](const Conv2dBackwardWeight& op, const Types& in,
                                                               const Types& out, Device& device) {
  const ConvProblem problem = conv_problem(in[0].shape, out[0].shape, in[1].shape, op);
  return by_library(op, ConvDirection::backward_weight, problem, in[0].dtype, device);
});

}  // namespace
}  // namespace tuna

#endif
