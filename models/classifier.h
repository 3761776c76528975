// A ResNet that classifies images as the generators make them, in [-1, 1].
#pragma once

#include <filesystem>

#include "engine/base/fields.h"
#include "models/resnet.h"
#include "models/task.h"

namespace tuna {

struct ClassifierOptions {
  enum class Input { resize, none };

  int64_t depth = 18, width = 64;
  std::filesystem::path weights;
  Input f_input = Input::resize;

  template <class Fields>
  void fields(Fields& field) {
    field("depth", depth, "ResNet-18, -34 or -50.", OneOf<int64_t>{{18, 34, 50}});
    field("width", width, "Filters of the first layer.", closed(1, 1024));
    field("weights", weights,
          "Safetensors file that the first classifier to be trained starts from, with torchvision's names. Empty: "
          "random. Relative to this file.");
    field("f_input", f_input, "resize: the classifiers' input is scaled to 7/8 of data.size (448 for 512).",
          Choices<Input>{{{"resize", Input::resize}, {"none", Input::none}}});
  }
  bool operator==(const ClassifierOptions&) const = default;

  /// Pixels on a side that images are resized to, inside the graph; 0: not resized.
  int64_t input_size(const Task& task) const { return f_input == Input::resize ? task.size * 7 / 8 : 0; }
};

/// The ResNet of a classifier.  It has the input channels of the file `options.weights` (torchvision's, or one of a
/// run), or the task's if that is empty.
ResNetOptions resnet_of(const ClassifierOptions& options, const Task& task);

/// images [N, H, W, C] in [-1, 1], C 1 or 3 -> logits and features.  Resizes (bilinear, align_corners = false: every
/// pixel gets its gradient), then normalises: to mean 0.5 and deviation 0.25 for one channel, to ImageNet's statistics
/// for three, with a gray image repeated.
class Classifier {
 public:
  Classifier(Program& program, const std::string& name, const ClassifierOptions& options, const Task& task);
  Classified operator()(Tensor images, BatchNormMode mode) const;

  /// Channels of the pooled features.
  int64_t features() const { return resnet_.features(); }

 private:
  Classifier(Program& program, const std::string& name, const ResNetOptions& resnet, int64_t input_size);

  int64_t input_size_;
  int channels_;
  ResNet resnet_;
};

/// The logits of a classifier in evaluation, with frozen batch norm: images [N, H, W, C] -> [N, 1, 1, classes].
std::function<Tensor(Program&, Tensor)> logits_of(const std::string& name, const ClassifierOptions& options,
                                                  const Task& task);

/// The same for its pooled features: -> [N, 1, 1, features].
std::function<Tensor(Program&, Tensor)> features_of(const std::string& name, const ClassifierOptions& options,
                                                    const Task& task);

}  // namespace tuna
