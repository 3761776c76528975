// PatchGAN (Isola et al., 2017): scores for each patch of an image whether it is real; 70 x 70 pixels with three
// layers.
#pragma once

#include "engine/base/fields.h"
#include "models/module.h"

namespace tuna {

struct DiscriminatorOptions {
  int64_t ndf = 64, layers = 3;

  template <class Fields>
  void fields(Fields& field) {
    field("ndf", ndf, "Filters of the first layer.", closed(1, 1024));
    field("layers", layers, "Layers that halve the image; with 3 the receptive field is 70 x 70 pixels.", closed(1, 8));
  }
  bool operator==(const DiscriminatorOptions&) const = default;

  /// The smallest side of an image that still has scores.
  int64_t smallest_image() const { return int64_t(3) << layers; }
};

/// x [N, H, W, channels] -> [N, H / 2^layers - 2, W / 2^layers - 2, 1], raw scores (no sigmoid).
/// Parameters: <name>.model.0.weight ..., the keys of pytorch-CycleGAN-and-pix2pix.
class PatchDiscriminator {
 public:
  PatchDiscriminator(Program& program, const std::string& name, int64_t channels, const DiscriminatorOptions& options);
  Tensor operator()(Tensor x) const { return net_(to_activation(x)); }

 private:
  nn::Sequential net_;
};

}  // namespace tuna
