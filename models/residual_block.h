// The residual block of the generator: x plus a branch of two convolutions, with no ReLU after the sum.
#pragma once

#include "models/module.h"

namespace tuna {

/// x [N, H, W, C] -> the same shape.  H, W > 1.  Parameters: conv_block.1.weight, conv_block.5.weight and their biases.
class ResidualBlock {
 public:
  ResidualBlock(Program& program, int64_t channels, Initial weight);
  Tensor operator()(Tensor x) const;

 private:
  nn::Sequential branch_;
};

}  // namespace tuna
