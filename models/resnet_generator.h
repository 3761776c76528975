// CycleGAN's ResNet generator (Zhu et al., 2017; Johnson et al., 2016): translates an image from one domain to the
// other.
#pragma once

#include "engine/base/fields.h"
#include "models/module.h"

namespace tuna {

struct GeneratorOptions {
  int64_t ngf = 64, blocks = 9;

  template <class Fields>
  void fields(Fields& field) {
    field("ngf", ngf, "Filters of the first layer.", closed(1, 1024));
    field("blocks", blocks, "Residual blocks.", closed(0, 64));
  }
  bool operator==(const GeneratorOptions&) const = default;
};

/// x [N, H, W, channels] in [-1, 1], H and W multiples of 4 -> the same shape and range.
/// Parameters: <name>.model.1.weight ..., the keys of pytorch-CycleGAN-and-pix2pix.
class ResnetGenerator {
 public:
  ResnetGenerator(Program& program, const std::string& name, int64_t channels, const GeneratorOptions& options);
  Tensor operator()(Tensor x) const { return net_(to_activation(x)); }

 private:
  nn::Sequential net_;
};

}  // namespace tuna
