// F_A and F_P: a ResNet that takes images as the generators make them, in [-1, 1].
#pragma once

#include "models/resnet.h"

namespace tuna {

struct ClassifierOptions {
  ResNetOptions resnet;
  int64_t input_size = 0;  // pixels a side that images are resized to, inside the graph; 0: as they come
};

/// images [N, H, W, C] in [-1, 1], C 1 or 3 -> logits and features.  Resizes (bilinear, align_corners = false: every
/// pixel gets its gradient), then normalises: to mean 0.5 and deviation 0.25 for one channel, to ImageNet's statistics
/// for three, with a gray image repeated.
class Classifier {
 public:
  Classifier(Program& program, const std::string& name, ClassifierOptions options);
  Classified operator()(Tensor images, BatchNormMode mode) const;

 private:
  ClassifierOptions options_;
  ResNet resnet_;
};

}  // namespace tuna
