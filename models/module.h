// Building blocks of networks: parameters under PyTorch's names, and layers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/program/autograd.h"
#include "engine/program/program.h"
#include "kernels/conv/conv2d.h"
#include "kernels/pointwise/cast.h"

namespace tuna {

/// A state value of a network.  Converts to its newest version, which is detached while a FrozenParameters exists.
class Parameter {
 public:
  Parameter() = default;
  Parameter(Program& program, const std::string& name, Shape shape, FileLayout layout, Initial initial,
            Role role = Role::parameter)
      : state_(program.state(name, Type{program.accumulation_type(), shape}, initial, role, layout)) {}

  operator Tensor() const {
    const Tensor newest = state_.program->latest(state_);
    return state_.program->requires_grad() ? newest : stop_gradient(newest);
  }
  explicit operator bool() const { return bool(state_); }
  Tensor state() const { return state_; }

 private:
  Tensor state_;
};

/// While it exists, parameters are read with requires_grad = false: gradients flow through the networks that are
/// recorded, but not to their parameters.  This is how a term of Eq. 6 does not update a network that other terms do.
class FrozenParameters {
 public:
  explicit FrozenParameters(Program& program) : program_(program), before_(program.requires_grad()) {
    program_.set_requires_grad(false);
  }
  ~FrozenParameters() { program_.set_requires_grad(before_); }
  FrozenParameters(const FrozenParameters&) = delete;
  FrozenParameters& operator=(const FrozenParameters&) = delete;

 private:
  Program& program_;
  bool before_;
};

namespace nn {

using Layer = std::function<Tensor(Tensor)>;

/// Layers one after the other, named 0, 1, 2, ... as in torch.nn.Sequential: layers without parameters count too.
class Sequential {
 public:
  Sequential(Program& program, const std::string& name) : program_(&program), name_(name) {}

  /// Adds a layer whose constructor takes (program, arguments...).
  template <class Made, class... Arguments>
  void add(Arguments&&... arguments) {
    const Scope outer(*program_, name_);
    const Scope inner(*program_, std::to_string(layers_.size()));
    layers_.push_back(Made(*program_, std::forward<Arguments>(arguments)...));
  }

  Tensor operator()(Tensor x) const;

 private:
  Program* program_;
  std::string name_;
  std::vector<Layer> layers_;
};

/// before_norm: an instance norm follows, which cancels any bias.  Files contain it, but it is not computed: its
/// gradient is exactly zero, and in floating point Adam would turn rounding noise into steps of the learning rate.
enum class Bias : uint8_t { none, learned, before_norm };

/// x [N, H, W, in] -> [N, OH, OW, out].  Weights in files: [out, in, kernel, kernel].
class Conv2d {
 public:
  Conv2d(Program& program, int64_t in, int64_t out, int64_t kernel, Convolution convolution, Bias bias, Initial weight);
  Tensor operator()(Tensor x) const;

 private:
  Convolution convolution_;
  Parameter weight_, bias_;
  Bias kind_;
};

/// x [N, 1, 1, in] -> [N, 1, 1, out].  Weights in files: [out, in].  Starts as torch.nn.Linear does.
class Linear {
 public:
  Linear() = default;
  Linear(Program& program, int64_t in, int64_t out);
  Tensor operator()(Tensor x) const;
  int64_t in() const { return weight_.state().shape().c; }

 private:
  Parameter weight_, bias_;
};

/// A Conv2d whose result is an image or a score: in f32, whatever the type of activations.
class LastConv2d : public Conv2d {
 public:
  using Conv2d::Conv2d;
  Tensor operator()(Tensor x) const { return Conv2d::operator()(to_accumulation_type(x)); }
};

/// Kernel 3, stride 2, padding 1, output padding 1: twice the pixels a side.  Weights in files: [in, out, 3, 3].
class UpConv2d {
 public:
  UpConv2d(Program& program, int64_t in, int64_t out, Initial weight);  // an instance norm follows
  Tensor operator()(Tensor x) const;

 private:
  Parameter weight_, bias_;
};

struct ReflectionPad2d {
  int padding;
  ReflectionPad2d(Program&, int padding) : padding(padding) {}
  Tensor operator()(Tensor x) const;
};

struct InstanceNorm2d {
  explicit InstanceNorm2d(Program&) {}
  Tensor operator()(Tensor x) const;
};

struct ReLU {
  explicit ReLU(Program&) {}
  Tensor operator()(Tensor x) const;
};

struct LeakyReLU {
  double slope;
  LeakyReLU(Program&, double slope) : slope(slope) {}
  Tensor operator()(Tensor x) const;
};

struct Tanh {
  explicit Tanh(Program&) {}
  Tensor operator()(Tensor x) const;
};

}  // namespace nn
}  // namespace tuna
