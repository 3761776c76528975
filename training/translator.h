// A generator at work: images of one domain as the other one would show them, and back again.
#pragma once

#include <string>
#include <vector>

#include "data/image_cache.h"
#include "data/manifest.h"
#include "engine/executable.h"
#include "models/resnet_generator.h"

namespace tuna {

enum class Direction : uint8_t { source_to_target, target_to_source };

struct Translation {
  Image image, translation, reconstruction;
};

class Translator {
 public:
  /// The generators are G_AP and G_PA of `state`.
  Translator(Direction direction, const GeneratorOptions& options, const ImageFormat& images, Device device,
             State& state);

  Translation operator()(const Sample& sample, ImageCache& cache);

 private:
  ImageFormat images_;
  Executable executable_;
};

}  // namespace tuna
