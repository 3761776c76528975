#include "models/resnet.h"

#include <cmath>

#include "kernels/norm/batch_norm.h"
#include "kernels/norm/batch_norm_frozen.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pool/global_average_pool.h"
#include "kernels/pool/max_pool2d.h"

namespace tuna {

BatchNorm2d::BatchNorm2d(Program& program, const std::string& name, int64_t channels) {
  const Scope scope(program, name);
  const Shape shape{1, 1, 1, channels};
  weight_ = Parameter(program, "weight", shape, FileLayout::vector, Initial::constant(1));
  bias_ = Parameter(program, "bias", shape, FileLayout::vector, Initial::constant(0));
  running_mean_ = Parameter(program, "running_mean", shape, FileLayout::vector, Initial::constant(0), Role::buffer);
  running_var_ = Parameter(program, "running_var", shape, FileLayout::vector, Initial::constant(1), Role::buffer);
}

Tensor BatchNorm2d::operator()(Tensor x, BatchNormMode mode) const {
  if (mode == BatchNormMode::frozen) return batch_norm_frozen(x, weight_, bias_, running_mean_, running_var_);
  Program& program = *x.program;
  const BatchNormed result =
      batch_norm(x, weight_, bias_, program.latest(running_mean_.state()), program.latest(running_var_.state()));
  program.store(running_mean_.state(), result.running_mean);
  program.store(running_var_.state(), result.running_var);
  return result.y;
}

ResNet::ResNet(Program& program, const std::string& name, ResNetOptions options)
    : program_(&program), name_(name), options_(options) {
  check(options.depth == 18 || options.depth == 34 || options.depth == 50, "resnet: depth {} is not 18, 34 or 50",
        options.depth);
  const Scope scope(program, name);
  const bool bottleneck = options.depth == 50;
  const std::vector<int> counts = options.depth == 18 ? std::vector{2, 2, 2, 2} : std::vector{3, 4, 6, 3};

  stem_.push_back(unit("conv1", "bn1", options.channels, options.width, 7, 2));
  int64_t in = options.width;
  for (int stage = 0; stage < 4; ++stage) {
    const int64_t width = options.width << stage;
    std::vector<Block> blocks;
    for (int i = 0; i < counts[size_t(stage)]; ++i) {
      blocks.push_back(block(fmt::format("layer{}.{}", stage + 1, i), in, width, i == 0 && stage > 0 ? 2 : 1));
      in = bottleneck ? 4 * width : width;
    }
    stages_.push_back(std::move(blocks));
  }
  const Scope last(program, "fc");
  fc_ = nn::Linear(program, in, options.classes);
}

ResNet::Unit ResNet::unit(const std::string& conv, const std::string& norm, int64_t in, int64_t out, int64_t kernel,
                          int stride) const {
  const Initial weight =
      Initial::normal(0, std::sqrt(2.0 / double(out * kernel * kernel)));  // He et al., 2015, fan out
  const auto convolution = [&] {
    const Scope scope(*program_, conv);
    return nn::Conv2d(*program_, in, out, kernel, {stride, int(kernel / 2)}, nn::Bias::none, weight);
  };
  return {convolution(), BatchNorm2d(*program_, norm, out)};
}

ResNet::Block ResNet::block(const std::string& name, int64_t in, int64_t width, int stride) const {
  const Scope scope(*program_, name);
  Block block{name, {}, {}};
  int64_t out = width;
  if (options_.depth == 50) {
    out = 4 * width;
    block.branch.push_back(unit("conv1", "bn1", in, width, 1, 1));
    block.branch.push_back(unit("conv2", "bn2", width, width, 3, stride));  // torchvision strides here, not in conv1
    block.branch.push_back(unit("conv3", "bn3", width, out, 1, 1));
  } else {
    block.branch.push_back(unit("conv1", "bn1", in, width, 3, stride));
    block.branch.push_back(unit("conv2", "bn2", width, width, 3, 1));
  }
  if (stride > 1 || in != out) block.shortcut.push_back(unit("downsample.0", "downsample.1", in, out, 1, stride));
  return block;
}

Tensor ResNet::run(const Block& block, Tensor x, BatchNormMode mode) const {
  const Scope scope(*program_, block.name);
  const auto apply = [&](const Unit& each, Tensor input) { return each.norm(each.conv(input), mode); };
  Tensor y = x;
  for (size_t i = 0; i < block.branch.size(); ++i) {
    y = apply(block.branch[i], y);
    if (i + 1 < block.branch.size()) y = relu(y);
  }
  return relu(y + (block.shortcut.empty() ? x : apply(block.shortcut[0], x)));
}

Classified ResNet::operator()(Tensor x, BatchNormMode mode) const {
  const Scope scope(*program_, name_);
  check(x.shape().c == options_.channels, "{}: takes {} channels, got {}", name_, options_.channels, x.shape());
  x = max_pool2d(relu(stem_[0].norm(stem_[0].conv(to_activation(x)), mode)), 3, 2, 1);
  Tensors stage_outputs;
  for (const auto& blocks : stages_) {
    for (const Block& each : blocks) x = run(each, x, mode);
    stage_outputs.push_back(x);
  }
  const Tensor pooled = global_average_pool(to_accumulation_type(x));
  return {fc_(pooled), stage_outputs[1], stage_outputs[2], pooled};
}

}  // namespace tuna
