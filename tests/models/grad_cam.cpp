// Grad-CAM against its definition, with gradients that are not the engine's.
#include "models/grad_cam.h"

#include <algorithm>

#include "engine/base/random.h"
#include "engine/compile/compile.h"
#include "kernels/linear/linear.h"
#include "kernels/pointwise/tanh.h"
#include "kernels/pool/global_average_pool.h"
#include "models/classifier.h"
#include "tests/catch.h"

namespace tuna {
namespace {

using Values = std::map<std::string, std::vector<double>>;

constexpr int64_t kHeight = 3, kWidth = 4, kChannels = 5, kHidden = 6, kClasses = 3;
constexpr int64_t kPixels = kHeight * kWidth;

/// Records logits from activations; its weights are inputs.
using Head = Tensor (*)(Program& program, Tensor activations);

// The head of CAM (Zhou et al., CVPR 2016).
Tensor average_and_linear(Program& program, Tensor activations) {
  return linear(global_average_pool(activations), program.input("w", Shape{kClasses, 1, 1, kChannels}),
                program.input("b", Shape{1, 1, 1, kClasses}));
}

Tensor two_layers(Program& program, Tensor activations) {
  const Tensor hidden = tanh(linear(global_average_pool(activations), program.input("w1", {kHidden, 1, 1, kChannels}),
                                    program.input("b1", {1, 1, 1, kHidden})));
  return linear(hidden, program.input("w2", {kClasses, 1, 1, kHidden}), program.input("b2", {1, 1, 1, kClasses}));
}

/// The outputs of the head and of grad_cam() for each class: "logits", "map 0", "map 1", ...
class Heads {
 public:
  Heads(Head head, const Target& target, DType type) : program_(type), state_(0, target.device) {
    const Tensor logits = head(program_, program_.input("A", Shape{1, kHeight, kWidth, kChannels}));
    program_.output("logits", logits);
    for (int64_t label = 0; label < kClasses; ++label)
      program_.output("map " + std::to_string(label), grad_cam(logits, label));
    executable_ = compile(program_, target, state_);
  }

  Values draw() const {
    Values values;
    for (const auto& [name, id] : program_.inputs()) {
      Random random(3, name);
      for (int64_t i = 0; i < program_.value(id).type.shape.count(); ++i) values[name].push_back(random.normal());
    }
    return values;
  }

  std::vector<double> run(const Values& inputs, const std::string& output) {
    for (const auto& [name, values] : inputs) executable_.set(name, HostTensor(executable_.input(name).type, values));
    executable_.run();
    return executable_.get(output).values();
  }

 private:
  Program program_;
  State state_;
  Executable executable_;
};

/// The map of the definition; `weight(k)` is that of channel k.
template <class Weight>
std::vector<double> map_by(const std::vector<double>& A, Weight weight) {
  std::vector<double> map(size_t(kPixels), 0);
  for (int64_t pixel = 0; pixel < kPixels; ++pixel) {
    for (int64_t k = 0; k < kChannels; ++k) map[size_t(pixel)] += weight(k) * A[size_t(pixel * kChannels + k)];
    map[size_t(pixel)] = std::max(map[size_t(pixel)], 0.0);
  }
  return map;
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected, double margin) {
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], WithinAbs(expected[i], margin));
}

}  // namespace

TEST_CASE("behind an average and a linear layer Grad-CAM is CAM", "[models][grad_cam]") {
  struct Tried {
    Target target;
    DType type;
    double margin;
  };
  for (const Tried& tried : {Tried{Device::reference(), DType::f64, 1e-12}, Tried{Device::cpu(), DType::f32, 1e-6},
                             Tried{Device::emulated(), DType::f32, 1e-6}}) {
    INFO(to_string(tried.target.device));
    Heads heads(average_and_linear, tried.target, tried.type);
    const Values inputs = heads.draw();
    double above = 0;
    for (int64_t label = 0; label < kClasses; ++label) {
      const auto expected = map_by(
          inputs.at("A"), [&](int64_t k) { return inputs.at("w")[size_t(label * kChannels + k)] / double(kPixels); });
      for (const double each : expected) above += each > 0;
      check_close(heads.run(inputs, "map " + std::to_string(label)), expected, tried.margin);
    }
    CHECK((above > kPixels && above < kClasses * kPixels));  // the ReLU cuts some of them
  }
}

TEST_CASE("Grad-CAM's weights are means of the derivatives of the logit", "[models][grad_cam]") {
  Heads heads(two_layers, Device::reference(), DType::f64);
  const Values inputs = heads.draw();
  for (int64_t label = 0; label < kClasses; ++label) {
    const auto weight = [&](int64_t k) {  // central differences
      constexpr double kStep = 1e-5;
      double sum = 0;
      for (int64_t pixel = 0; pixel < kPixels; ++pixel) {
        Values moved = inputs;
        double& element = moved["A"][size_t(pixel * kChannels + k)];
        element += kStep;
        const double above = heads.run(moved, "logits")[size_t(label)];
        element -= 2 * kStep;
        sum += (above - heads.run(moved, "logits")[size_t(label)]) / (2 * kStep);
      }
      return sum / double(kPixels);
    };
    std::vector<double> weights;
    for (int64_t k = 0; k < kChannels; ++k) weights.push_back(weight(k));
    check_close(heads.run(inputs, "map " + std::to_string(label)),
                map_by(inputs.at("A"), [&](int64_t k) { return weights[size_t(k)]; }), 1e-9);
  }
}

TEST_CASE("the logit of a ResNet is the sum of its map and a bias", "[models][grad_cam]") {
  constexpr int64_t kSize = 32;  // its last block has one pixel, so that the ReLU is of the sum
  for (const Target& target : {Target(Device::cpu()), Target(Device::emulated(), Precision::bf16)}) {
    INFO(to_string(target.device));
    ClassifierOptions options;
    options.width = 4;
    Program program(activation_type(target.precision));
    const Tensor image = program.input("image", {1, kSize, kSize, 1});
    const Tensor logits = logits_of("F", options, {.size = kSize})(program, image);
    program.output("logits", logits);
    for (int64_t label = 0; label < 2; ++label) {
      const Tensor map = grad_cam(logits, label);
      REQUIRE(map.shape() == Shape{1, 1, 1, 1});
      program.output("map " + std::to_string(label), map);
    }
    int above = 0;
    constexpr uint64_t kStates = 4;
    for (uint64_t seed = 1; seed <= kStates; ++seed) {
      State state(seed, target.device);
      Executable executable = compile(program, target, state);
      HostTensor pixels(executable.input("image").type);
      Random random(seed, "image");
      for (float& pixel : pixels.as<float>()) pixel = float(random.uniform(-1, 1));
      executable.set("image", pixels);
      executable.run();
      const std::vector<double> bias = state.read("F.fc.bias").values(), logit = executable.get("logits").values();
      for (size_t label = 0; label < 2; ++label) {
        const double sum = logit[label] - bias[label];
        CHECK_THAT(executable.scalar("map " + std::to_string(label)),
                   WithinAbs(std::max(sum, 0.0), 1e-3 * std::abs(sum)));
        above += sum > 0;
      }
    }
    CHECK((above > 0 && above < int(2 * kStates)));
  }
}

TEST_CASE("Grad-CAM is of the deepest activations that are large enough", "[models][grad_cam]") {
  ClassifierOptions options;
  options.width = 2;
  const auto map_at = [&](int64_t size, int64_t pixels) {
    Program program;
    const Tensor image = program.input("image", {1, size, size, 1});
    return grad_cam(logits_of("F", options, {.size = size})(program, image), 0, pixels).shape();
  };
  CHECK(map_at(64, 1) == Shape{1, 2, 2, 1});  // the classifier's input has 56 pixels
  CHECK(map_at(64, 7) == Shape{1, 7, 7, 1});
  CHECK(map_at(128, 7) == Shape{1, 7, 7, 1});
  CHECK(map_at(256, 7) == Shape{1, 7, 7, 1});
  CHECK(map_at(512, 7) == Shape{1, 14, 14, 1});
  CHECK(map_at(64, 20) == Shape{1, 28, 28, 1});
  CHECK(map_at(64, 100) == Shape{1, 2, 2, 1});  // none has as many
}

TEST_CASE("Grad-CAM needs a global average, and one image", "[models][grad_cam]") {
  Program program;
  const Tensor weight = program.input("w", {2, 1, 1, 3}), bias = program.input("b", {1, 1, 1, 2});
  CHECK_THROWS_WITH(grad_cam(linear(program.input("features", {1, 1, 1, 3}), weight, bias), 0),
                    Contains("grad_cam: ") && Contains("does not follow from a global average"));
  const Tensor two = global_average_pool(program.input("two", {2, 4, 4, 3}));
  CHECK_THROWS_WITH(grad_cam(linear(two, weight, bias), 0), Contains("of one image"));
}

}  // namespace tuna
