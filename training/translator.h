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
enum class Way : uint8_t { there, there_and_back };

struct Translation {
  Image image, translation;
  Image reconstruction;  // empty unless it was asked for the way back
};

class Translator {
 public:
  /// The generators are G_AP and G_PA of `state`, or the one of them that is needed.
  Translator(Direction direction, Way way, const GeneratorOptions& options, const ImageFormat& images,
             const Device& device, State& state);

  Translation operator()(const Sample& sample, ImageCache& cache);

 private:
  Way way_;
  ImageFormat images_;
  Executable executable_;
};

}  // namespace tuna
