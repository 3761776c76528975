// Inference with classifiers over a list of images: class probabilities, and other values of each image.
#pragma once

#include <functional>
#include <vector>

#include "data/image_cache.h"
#include "data/loader.h"
#include "engine/compile/compile.h"
#include "engine/runtime/target.h"

namespace tuna {

/// Values of each sample, in the order of the list: [samples, width].
struct SampleValues {
  int64_t width = 0;
  std::vector<double> values;

  double of(size_t sample, int64_t position) const { return values[sample * size_t(width) + size_t(position)]; }
  size_t samples() const { return width == 0 ? 0 : values.size() / size_t(width); }
};

struct Probabilities {
  int64_t classes = 0;
  std::vector<double> values;  // [samples, classes], in the order of the list

  double of(size_t sample, int64_t label) const { return values[sample * size_t(classes) + size_t(label)]; }
  int64_t winner(size_t sample) const;
};

/// Records the forward pass from images [N, H, W, C] to values of each image: [N, 1, 1, width].
using RecordValues = std::function<Tensor(Program&, Tensor)>;

/// The same to logits: [N, 1, 1, classes].
using RecordLogits = RecordValues;

/// softmax(record(images)).
RecordValues probabilities_of(const RecordLogits& record);

/// Runs recorded forward passes, whose common part is computed once.
class Inference {
 public:
  Inference(const std::vector<RecordValues>& records, const ImageFormat& images, int64_t batch, const Target& target,
            State& state);

  /// The values of each record for all samples, the last partial batch included; labels are not read.
  /// `between_batches` may throw to end it.
  std::vector<SampleValues> operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                                       const std::function<void()>& between_batches = {});

 private:
  ImageFormat images_;
  int64_t batch_;
  Executable executable_;
  size_t outputs_;
};

class Predictor {
 public:
  Predictor(const RecordLogits& record, const ImageFormat& images, int64_t batch, const Target& target, State& state);

  /// As Inference.
  Probabilities operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                           const std::function<void()>& between_batches = {});

 private:
  Inference inference_;
};

}  // namespace tuna
