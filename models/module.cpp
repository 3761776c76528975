#include "models/module.h"

#include <cmath>

#include "kernels/geometry/reflection_pad2d.h"
#include "kernels/linear/linear.h"
#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/leaky_relu.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/tanh.h"

namespace tuna::nn {

Tensor Sequential::operator()(Tensor x) const {
  const Scope outer(*program_, name_);
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Scope inner(*program_, std::to_string(i));
    x = layers_[i](x);
  }
  return x;
}

Conv2d::Conv2d(Program& program, int64_t in, int64_t out, int64_t kernel, Convolution convolution, Bias bias,
               Initial weight)
    : convolution_(convolution),
      weight_(program, "weight", {out, kernel, kernel, in}, FileLayout::kernel, weight),
      kind_(bias) {
  if (bias == Bias::none) return;
  bias_ = Parameter(program, "bias", {1, 1, 1, out}, FileLayout::vector, Initial::constant(0),
                    bias == Bias::learned ? Role::parameter : Role::inert);
}

Tensor Conv2d::operator()(Tensor x) const {
  return kind_ == Bias::learned ? conv2d(x, weight_, bias_, convolution_) : conv2d(x, weight_, convolution_);
}

Linear::Linear(Program& program, int64_t in, int64_t out)
    : weight_(program, "weight", {out, 1, 1, in}, FileLayout::matrix, Initial::uniform(1 / std::sqrt(double(in)))),
      bias_(program, "bias", {1, 1, 1, out}, FileLayout::vector, Initial::uniform(1 / std::sqrt(double(in)))) {}

Tensor Linear::operator()(Tensor x) const { return linear(x, weight_, bias_); }

UpConv2d::UpConv2d(Program& program, int64_t in, int64_t out, Initial weight)
    : weight_(program, "weight", {in, 3, 3, out}, FileLayout::kernel, weight),
      bias_(program, "bias", {1, 1, 1, out}, FileLayout::vector, Initial::constant(0), Role::inert) {}

Tensor UpConv2d::operator()(Tensor x) const { return conv_transpose2d(x, weight_, {2, 1}, 1); }

Tensor ReflectionPad2d::operator()(Tensor x) const { return reflection_pad2d(x, padding); }
Tensor InstanceNorm2d::operator()(Tensor x) const { return instance_norm(x); }
Tensor ReLU::operator()(Tensor x) const { return relu(x); }
Tensor LeakyReLU::operator()(Tensor x) const { return leaky_relu(x, slope); }
Tensor Tanh::operator()(Tensor x) const { return tanh(x); }

}  // namespace tuna::nn
