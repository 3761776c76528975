// Inference with generators: translates images of one domain to the other, and back.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/image_cache.h"
#include "data/manifest.h"
#include "engine/compile/compile.h"
#include "engine/runtime/target.h"

namespace tuna {

enum class Direction : uint8_t { source_to_target, target_to_source };

/// Records images [N, H, W, C] generated from images [N, H, W, C], in order.
using RecordImages = std::function<Tensors(Program&, Tensor)>;

/// Images that `tuna translate` translates together: small ones alone do not keep all threads busy, nor make up for the
/// transforms of weights.
int64_t translation_batch(const ImageFormat& images);

class Translator {
 public:
  /// Generates from `batch` images in each run.
  Translator(const RecordImages& record, const ImageFormat& images, const Target& target, State& state,
             int64_t batch = 1);

  /// Of each of at most `batch` samples: the image itself, then the generated ones.
  std::vector<std::vector<Image>> operator()(std::span<const Sample> samples, ImageCache& cache);
  std::vector<Image> operator()(const Sample& sample, ImageCache& cache) {
    return std::move((*this)(std::span(&sample, 1), cache)[0]);
  }

 private:
  ImageFormat images_;
  size_t made_ = 0;  // outputs
  Executable executable_;
};

}  // namespace tuna
