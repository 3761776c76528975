// CycleGAN's ResNet generator (Zhu et al., 2017; Johnson et al., 2016): translates an image from one domain to the
// other.
#pragma once

#include "models/module.h"

namespace tuna {

struct GeneratorOptions {
  int channels = 1;  // of the images: 1 or 3
  int64_t ngf = 64;  // filters of the first convolution
  int blocks = 9;
};

/// x [N, H, W, channels] in [-1, 1], H and W multiples of 4 -> the same shape and range.
/// Parameters: <name>.model.1.weight ..., the keys of pytorch-CycleGAN-and-pix2pix.
class ResnetGenerator {
 public:
  ResnetGenerator(Program& program, const std::string& name, GeneratorOptions options);
  Tensor operator()(Tensor x) const { return net_(to_activation(x)); }

 private:
  nn::Sequential net_;
};

}  // namespace tuna
