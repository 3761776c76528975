// ResNet-18, -34 and -50 (He et al., 2016), the classifiers F_A and F_P.
#pragma once

#include <vector>

#include "models/module.h"

namespace tuna {

/// frozen: running statistics, as at test time and in the joint phase.  training: those of the batch.
enum class BatchNormMode : uint8_t { frozen, training };

struct ResNetOptions {
  int channels = 3;
  int classes = 2;
  int depth = 18;      // 18, 34 or 50
  int64_t width = 64;  // channels of the stem and the first stage
};

struct Classified {
  Tensor logits;        // [N, 1, 1, classes]
  Tensor conv3, conv4;  // He et al.'s names: what torchvision's layer2 and layer3 return
  Tensor pooled;        // [N, 1, 1, features], f32: what the last layer classifies
};

class BatchNorm2d {
 public:
  BatchNorm2d(Program& program, const std::string& name, int64_t channels);
  /// In training mode the running statistics are updated, with momentum 0.1.
  Tensor operator()(Tensor x, BatchNormMode mode) const;

 private:
  Parameter weight_, bias_, running_mean_, running_var_;
};

class ResNet {
 public:
  /// Parameters: <name>.conv1.weight, <name>.layer2.0.downsample.1.running_mean ..., torchvision's keys.
  ResNet(Program& program, const std::string& name, ResNetOptions options);

  /// Channels of `pooled`.
  int64_t features() const { return fc_.in(); }

  /// x [N, H, W, channels], normalised as the weights expect.
  Classified operator()(Tensor x, BatchNormMode mode) const;

 private:
  struct Unit {  // convolution and batch norm
    nn::Conv2d conv;
    BatchNorm2d norm;
  };
  struct Block {
    std::string name;
    std::vector<Unit> branch;    // two 3x3, or 1x1, 3x3, 1x1
    std::vector<Unit> shortcut;  // none, or one 1x1
  };

  Unit unit(const std::string& conv, const std::string& norm, int64_t in, int64_t out, int64_t kernel,
            int stride) const;
  Block block(const std::string& name, int64_t in, int64_t width, int stride) const;
  Tensor run(const Block& block, Tensor x, BatchNormMode mode) const;

  Program* program_;
  std::string name_;
  ResNetOptions options_;
  std::vector<Unit> stem_;
  std::vector<std::vector<Block>> stages_;
  nn::Linear fc_;
};

}  // namespace tuna
