#include "models/residual_block.h"

#include "kernels/pointwise/add.h"

namespace tuna {

ResidualBlock::ResidualBlock(Program& program, int64_t channels, Initial weight) : way_(program, "conv_block") {
  way_.add<nn::ReflectionPad2d>(1);
  way_.add<nn::Conv2d>(channels, channels, 3, Convolution{}, nn::Bias::before_norm, weight);
  way_.add<nn::InstanceNorm2d>();
  way_.add<nn::ReLU>();
  way_.add<nn::ReflectionPad2d>(1);
  way_.add<nn::Conv2d>(channels, channels, 3, Convolution{}, nn::Bias::before_norm, weight);
  way_.add<nn::InstanceNorm2d>();
}

Tensor ResidualBlock::operator()(Tensor x) const { return x + way_(x); }

}  // namespace tuna
