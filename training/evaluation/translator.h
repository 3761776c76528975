// Inference with generators: translates images of one domain to the other, and back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/image_cache.h"
#include "data/manifest.h"
#include "engine/compile/compile.h"
#include "engine/runtime/target.h"

namespace tuna {

enum class Direction : uint8_t { source_to_target, target_to_source };

/// Records images [1, H, W, C] generated from an image [1, H, W, C], in order.
using RecordImages = std::function<Tensors(Program&, Tensor)>;

class Translator {
 public:
  Translator(const RecordImages& record, const ImageFormat& images, const Target& target, State& state);

  /// The image itself, then the generated ones.
  std::vector<Image> operator()(const Sample& sample, ImageCache& cache);

 private:
  ImageFormat images_;
  size_t made_ = 0;  // outputs
  Executable executable_;
};

}  // namespace tuna
