#include "models/classifier.h"

#include <algorithm>

#include "engine/files/safetensors.h"
#include "kernels/geometry/resize_bilinear.h"
#include "kernels/pointwise/channel_affine.h"

namespace tuna {
namespace {

// Weights from ImageNet keep their three channels, and a gray image is repeated.
int channels_of_weights(const std::filesystem::path& weights, int64_t image_channels) {
  check(std::filesystem::exists(weights),
        "classifier.weights: {}: no such file; data/README.md describes how to make one from ImageNet's weights; "
        "without the key, training starts from random weights",
        weights.string());
  const SafetensorsFile file(weights);
  const char* names[] = {"conv1.weight", "F_A.conv1.weight", "F_P.conv1.weight", "F_S.conv1.weight", "F.conv1.weight"};
  const auto name =
      std::find_if(std::begin(names), std::end(names), [&](const char* each) { return file.tensors().count(each); });
  const std::vector<int64_t>& shape = file.tensor(name == std::end(names) ? names[0] : *name).shape;
  check(shape.size() == 4 && (shape[1] == 1 || shape[1] == 3) && shape[1] >= image_channels,
        "{}: conv1.weight is [{}], expected 1 or 3 input channels that fit data.channels {}", file.name(),
        fmt::join(shape, ","), image_channels);
  return int(shape[1]);
}

}  // namespace

ResNetOptions resnet_of(const ClassifierOptions& options, const Task& task) {
  const int channels =
      options.weights.empty() ? int(task.channels) : channels_of_weights(options.weights, task.channels);
  return {channels, int(task.classes), int(options.depth), options.width};
}

Classifier::Classifier(Program& program, const std::string& name, const ClassifierOptions& options, const Task& task)
    : Classifier(program, name, resnet_of(options, task), options.input_size(task)) {}

Classifier::Classifier(Program& program, const std::string& name, const ResNetOptions& resnet, int64_t input_size)
    : input_size_(input_size), channels_(resnet.channels), resnet_(program, name, resnet) {}

Classified Classifier::operator()(Tensor images, BatchNormMode mode) const {
  const std::vector<double> mean = channels_ == 1 ? std::vector{0.5} : std::vector{0.485, 0.456, 0.406};
  const std::vector<double> deviation = channels_ == 1 ? std::vector{0.25} : std::vector{0.229, 0.224, 0.225};
  std::vector<double> scale, shift;  // ((x + 1) / 2 - mean) / deviation
  for (size_t c = 0; c < mean.size(); ++c) {
    scale.push_back(0.5 / deviation[c]);
    shift.push_back((0.5 - mean[c]) / deviation[c]);
  }
  const bool resized = input_size_ > 0 && (images.shape().h != input_size_ || images.shape().w != input_size_);
  if (resized) images = resize_bilinear(images, input_size_, input_size_);
  return resnet_(channel_affine(images, scale, shift), mode);
}

std::function<Tensor(Program&, Tensor)> logits_of(const std::string& name, const ClassifierOptions& options,
                                                  const Task& task) {
  return [=](Program& program, Tensor images) {
    return Classifier(program, name, options, task)(images, BatchNormMode::frozen).logits;
  };
}

std::function<Tensor(Program&, Tensor)> features_of(const std::string& name, const ClassifierOptions& options,
                                                    const Task& task) {
  return [=](Program& program, Tensor images) {
    return Classifier(program, name, options, task)(images, BatchNormMode::frozen).pooled;
  };
}

}  // namespace tuna
