#include "models/residual_block.h"

#include "kernels/pointwise/add.h"

namespace tuna {

ResidualBlock::ResidualBlock(Program& program, int64_t channels, Initial weight) : branch_(program, "conv_block") {
  branch_.add<nn::ReflectionPad2d>(1);
  branch_.add<nn::Conv2d>(channels, channels, 3, Convolution{}, nn::Bias::before_norm, weight);
  branch_.add<nn::InstanceNorm2d>();
  branch_.add<nn::ReLU>();
  branch_.add<nn::ReflectionPad2d>(1);
  branch_.add<nn::Conv2d>(channels, channels, 3, Convolution{}, nn::Bias::before_norm, weight);
  branch_.add<nn::InstanceNorm2d>();
}

Tensor ResidualBlock::operator()(Tensor x) const { return x + branch_(x); }

}  // namespace tuna
