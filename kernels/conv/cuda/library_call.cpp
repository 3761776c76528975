#include "kernels/conv/cuda/library_call.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/conv/conv2d.h"
#include "kernels/pointwise/cast.h"

namespace tuna::conv_cuda {
namespace {

Packing rounded_weight(const ConvProblem& problem, const Target& target) {
  static const Cast to_f16(DType::f16), to_bf16(DType::bf16);
  const Cast& cast = problem.dtype == DType::f16 ? to_f16 : to_bf16;
  const Type weight{accumulation_type(problem.dtype), problem.weight()}, rounded{problem.dtype, problem.weight()};
  const Prepared prepared = find_kernel(cast, target.device.backend)(cast, {weight}, {rounded}, target);
  return {1, to_string(problem.dtype), rounded.bytes(), [=](const void* source, void* packed, Stream& stream) {
            prepared.run({{{weight, const_cast<void*>(source)}}, {{rounded, packed}}, {}, nullptr}, stream);
          }};
}

Prepared with_rounded_weight(Prepared convolution, const ConvProblem& problem, const Target& target) {
  convolution.packings = {rounded_weight(problem, target)};
  convolution.run = [run = std::move(convolution.run)](const Args& args, Stream& stream) {
    Args packed = args;
    packed.in[1].memory = const_cast<void*>(args.packed[0]);
    run(packed, stream);
  };
  return convolution;
}

Prepared with_bias(Prepared convolution, const ConvProblem& problem, const Target& target) {
  static const AddBias add_bias;
  const Type y{problem.dtype, problem.y()}, bias{accumulation_type(problem.dtype), problem.of_bias()};
  const Prepared add = find_kernel(add_bias, target.device.backend)(add_bias, {y, bias}, {y}, target);
  return {std::max(convolution.workspace, add.workspace),
          [run = std::move(convolution.run), add](const Args& args, Stream& stream) {
            run(args, stream);
            add.run({{args.out[0], args.in[2]}, {args.out[0]}, {}, args.workspace}, stream);
          },
          std::move(convolution.packings)};
}

}  // namespace

Prepared as_whole_op(Prepared convolution, ConvDirection direction, const ConvProblem& problem, const Target& target) {
  if (is_reduced_precision(problem.dtype) && direction != ConvDirection::backward_weight)
    convolution = with_rounded_weight(std::move(convolution), problem, target);
  return problem.bias ? with_bias(std::move(convolution), problem, target) : convolution;
}

}  // namespace tuna::conv_cuda
