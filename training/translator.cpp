#include "training/translator.h"

namespace tuna {
namespace {

Executable compile_translator(Direction direction, const GeneratorOptions& options, const ImageFormat& images,
                              Device device, State& state) {
  Program program;
  const bool forth = direction == Direction::source_to_target;
  const ResnetGenerator there(program, forth ? "G_AP" : "G_PA", options),
      back(program, forth ? "G_PA" : "G_AP", options);
  const Tensor x = program.input("image", Shape{1, images.size, images.size, images.channels});
  const Tensor translation = there(x);
  program.output("translation", translation);
  program.output("reconstruction", back(translation));
  return compile(program, device, state);
}

Image image_of(const View& view) {
  Image image(view.type.shape.h, view.type.shape.w, view.type.shape.c);
  std::copy_n(view.data<float>(), image.pixels.size(), image.pixels.begin());
  return image;
}

}  // namespace

Translator::Translator(Direction direction, const GeneratorOptions& options, const ImageFormat& images, Device device,
                       State& state)
    : images_(images), executable_(compile_translator(direction, options, images, device, state)) {}

Translation Translator::operator()(const Sample& sample, ImageCache& cache) {
  const ImageCache::Levels levels = cache.get(sample.path, images_);
  float* input = executable_.input("image").data<float>();
  std::transform(levels->begin(), levels->end(), input, level_to_value);
  executable_.run();
  return {image_of(executable_.input("image")), image_of(executable_.output("translation")),
          image_of(executable_.output("reconstruction"))};
}

}  // namespace tuna
