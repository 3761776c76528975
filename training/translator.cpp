#include "training/translator.h"

#include <algorithm>

namespace tuna {
namespace {

Executable compile_translator(Direction direction, Way way, const GeneratorOptions& options, const ImageFormat& images,
                              Device device, State& state) {
  Program program(activation_type(device.precision));
  const bool forth = direction == Direction::source_to_target;
  const Tensor x = program.input("image", Shape{1, images.size, images.size, images.channels});
  const Tensor translation = ResnetGenerator(program, forth ? "G_AP" : "G_PA", options)(x);
  program.output("translation", translation);
  if (way == Way::there_and_back)
    program.output("reconstruction", ResnetGenerator(program, forth ? "G_PA" : "G_AP", options)(translation));
  return compile(program, device, state);
}

Image image_of(const HostTensor& tensor) {
  const Shape& shape = tensor.type().shape;
  Image image(shape.h, shape.w, shape.c);
  std::copy_n(tensor.as<float>().begin(), image.pixels.size(), image.pixels.begin());
  return image;
}

}  // namespace

Translator::Translator(Direction direction, Way way, const GeneratorOptions& options, const ImageFormat& images,
                       Device device, State& state)
    : way_(way), images_(images), executable_(compile_translator(direction, way, options, images, device, state)) {}

Translation Translator::operator()(const Sample& sample, ImageCache& cache) {
  const ImageCache::Levels levels = cache.get(sample.path, images_);
  HostTensor image(executable_.input("image").type);
  std::transform(levels->begin(), levels->end(), image.as<float>().begin(), level_to_value);
  executable_.set("image", image);
  executable_.run();
  return {image_of(image), image_of(executable_.get("translation")),
          way_ == Way::there_and_back ? image_of(executable_.get("reconstruction")) : Image()};
}

}  // namespace tuna
