#include "models/patch_discriminator.h"

#include <algorithm>

namespace tuna {

PatchDiscriminator::PatchDiscriminator(Program& program, const std::string& name, int64_t channels,
                                       const DiscriminatorOptions& options)
    : net_(program, name + ".model") {
  const Initial weight = Initial::normal(0, 0.02);
  const auto width = [&](int64_t layer) { return options.ndf * std::min<int64_t>(int64_t(1) << layer, 8); };

  net_.add<nn::Conv2d>(channels, options.ndf, 4, Convolution{2, 1}, nn::Bias::learned, weight);
  net_.add<nn::LeakyReLU>(0.2);
  for (int64_t layer = 1; layer <= options.layers; ++layer) {
    const int stride = layer < options.layers ? 2 : 1;
    net_.add<nn::Conv2d>(width(layer - 1), width(layer), 4, Convolution{stride, 1}, nn::Bias::before_norm, weight);
    net_.add<nn::InstanceNorm2d>();
    net_.add<nn::LeakyReLU>(0.2);
  }
  net_.add<nn::LastConv2d>(width(options.layers), 1, 4, Convolution{1, 1}, nn::Bias::learned, weight);
}

}  // namespace tuna
