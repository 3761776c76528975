#include "training/translator.h"

namespace tuna {
namespace {

Executable compile_translator(Direction direction, Way way, const GeneratorOptions& options, const ImageFormat& images,
                              Device device, State& state) {
  Program program;
  const bool forth = direction == Direction::source_to_target;
  const Tensor x = program.input("image", Shape{1, images.size, images.size, images.channels});
  const Tensor translation = ResnetGenerator(program, forth ? "G_AP" : "G_PA", options)(x);
  program.output("translation", translation);
  if (way == Way::there_and_back)
    program.output("reconstruction", ResnetGenerator(program, forth ? "G_PA" : "G_AP", options)(translation));
  return compile(program, device, state);
}

Image image_of(const View& view) {
  Image image(view.type.shape.h, view.type.shape.w, view.type.shape.c);
  std::copy_n(view.data<float>(), image.pixels.size(), image.pixels.begin());
  return image;
}

}  // namespace

Translator::Translator(Direction direction, Way way, const GeneratorOptions& options, const ImageFormat& images,
                       Device device, State& state)
    : way_(way), images_(images), executable_(compile_translator(direction, way, options, images, device, state)) {}

Translation Translator::operator()(const Sample& sample, ImageCache& cache) {
  const ImageCache::Levels levels = cache.get(sample.path, images_);
  float* input = executable_.input("image").data<float>();
  std::transform(levels->begin(), levels->end(), input, level_to_value);
  executable_.run();
  return {image_of(executable_.input("image")), image_of(executable_.output("translation")),
          way_ == Way::there_and_back ? image_of(executable_.output("reconstruction")) : Image()};
}

}  // namespace tuna
