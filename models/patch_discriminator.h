// PatchGAN (Isola et al., 2017): says of each patch of an image whether it looks real; 70 x 70 pixels with three
// layers.
#pragma once

#include "models/module.h"

namespace tuna {

struct DiscriminatorOptions {
  int channels = 1;
  int64_t ndf = 64;  // filters of the first convolution
  int layers = 3;
};

/// x [N, H, W, channels] -> [N, H / 2^layers - 2, W / 2^layers - 2, 1], raw scores (no sigmoid).
/// Parameters: <name>.model.0.weight ..., the keys of pytorch-CycleGAN-and-pix2pix.
class PatchDiscriminator {
 public:
  PatchDiscriminator(Program& program, const std::string& name, DiscriminatorOptions options);
  Tensor operator()(Tensor x) const { return net_(to_activation(x)); }

 private:
  nn::Sequential net_;
};

}  // namespace tuna
