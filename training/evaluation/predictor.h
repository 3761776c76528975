// Inference with a classifier: probabilities for a list of images.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/loader.h"
#include "engine/compile/compile.h"
#include "engine/runtime/target.h"

namespace tuna {

struct Probabilities {
  int64_t classes = 0;
  std::vector<double> values;  // [samples, classes], in the order of the list

  double of(size_t sample, int64_t label) const { return values[sample * size_t(classes) + size_t(label)]; }
  int64_t winner(size_t sample) const;
};

/// Records the forward pass from images [N, H, W, C] to logits [N, 1, 1, classes].
using RecordLogits = std::function<Tensor(Program&, Tensor)>;

class Predictor {
 public:
  Predictor(const RecordLogits& record, const ImageFormat& images, int64_t batch, const Target& target, State& state);

  /// All samples, the last partial batch included; labels are not read.
  /// `between_batches` may throw to end it.
  Probabilities operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                           const std::function<void()>& between_batches = {});

 private:
  ImageFormat images_;
  int64_t batch_;
  Executable executable_;
};

}  // namespace tuna
