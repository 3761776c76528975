#include "models/resnet_generator.h"

#include "models/residual_block.h"

namespace tuna {

ResnetGenerator::ResnetGenerator(Program& program, const std::string& name, int64_t channels,
                                 const GeneratorOptions& options)
    : net_(program, name + ".model") {
  const int64_t ngf = options.ngf;
  const Initial weight = Initial::normal(0, 0.02);  // CycleGAN's
  const auto norm_relu = [&] {
    net_.add<nn::InstanceNorm2d>();
    net_.add<nn::ReLU>();
  };

  net_.add<nn::ReflectionPad2d>(3);
  net_.add<nn::Conv2d>(channels, ngf, 7, Convolution{}, nn::Bias::before_norm, weight);
  norm_relu();
  for (const int64_t width : {ngf, 2 * ngf}) {  // down twice
    net_.add<nn::Conv2d>(width, 2 * width, 3, Convolution{2, 1}, nn::Bias::before_norm, weight);
    norm_relu();
  }
  for (int64_t block = 0; block < options.blocks; ++block) net_.add<ResidualBlock>(4 * ngf, weight);
  for (const int64_t width : {4 * ngf, 2 * ngf}) {  // and up again
    net_.add<nn::UpConv2d>(width, width / 2, weight);
    norm_relu();
  }
  net_.add<nn::ReflectionPad2d>(3);
  net_.add<nn::LastConv2d>(ngf, channels, 7, Convolution{}, nn::Bias::learned, weight);
  net_.add<nn::Tanh>();
}

}  // namespace tuna
