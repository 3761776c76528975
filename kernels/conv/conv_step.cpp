#include "kernels/conv/conv_step.h"

#include "kernels/conv/conv2d.h"

namespace tuna {

std::shared_ptr<const Op> ConvStep::op() const {
  const Convolution convolution{problem.stride, problem.padding};
  switch (direction) {
    case ConvDirection::forward:
      return std::make_shared<Conv2d>(convolution);
    case ConvDirection::backward_data:
      return std::make_shared<Conv2dBackwardData>(convolution, problem.height, problem.width);
    default:
      return std::make_shared<Conv2dBackwardWeight>(convolution, problem.kernel_height, problem.kernel_width);
  }
}

Types ConvStep::in() const {
  const Type x{problem.dtype, problem.x()}, weight{accumulation_type(problem.dtype), problem.weight()},
      bias{accumulation_type(problem.dtype), problem.of_bias()}, y{problem.dtype, problem.y()};
  switch (direction) {
    case ConvDirection::forward:
      return problem.bias ? Types{x, weight, bias} : Types{x, weight};
    case ConvDirection::backward_data:
      return {y, weight};
    default:
      return {x, y};
  }
}

Type ConvStep::out() const {
  switch (direction) {
    case ConvDirection::forward:
      return {problem.dtype, problem.y()};
    case ConvDirection::backward_data:
      return {problem.dtype, problem.x()};
    default:
      return {problem.dtype, problem.weight()};
  }
}

std::optional<ConvStep> conv_step(const Op& op, const Types& in, const Types& out) {
  const auto step = [&](ConvDirection direction, const Type& x, const Type& weight, const Type& y,
                        const Convolution& convolution) {
    ConvProblem problem = conv_problem(x.shape, weight.shape, y.shape, convolution);
    problem.dtype = in[0].dtype;
    problem.bias = in.size() > 2;
    return ConvStep{direction, problem};
  };
  if (const auto* forward = dynamic_cast<const Conv2d*>(&op))
    return step(ConvDirection::forward, in[0], in[1], out[0], *forward);
  if (const auto* data = dynamic_cast<const Conv2dBackwardData*>(&op))
    return step(ConvDirection::backward_data, out[0], in[1], in[0], *data);
  if (const auto* weight = dynamic_cast<const Conv2dBackwardWeight*>(&op))
    return step(ConvDirection::backward_weight, in[0], out[0], in[1], *weight);
  return std::nullopt;
}

std::vector<ConvStep> convolutions_of(const Program& program, size_t first) {
  const auto types = [&](const std::vector<uint32_t>& ids) {
    Types found;
    for (const uint32_t id : ids) found.push_back(program.value(id).type);
    return found;
  };
  std::vector<ConvStep> found;
  for (size_t k = first; k < program.steps().size(); ++k) {
    const Step& step = program.steps()[k];
    if (const auto convolution = conv_step(*step.op, types(step.in), types(step.out))) found.push_back(*convolution);
  }
  return found;
}

}  // namespace tuna
