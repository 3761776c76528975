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

Image image_of(const HostTensor& tensor) {
  const Shape& shape = tensor.type().shape;
  Image image(shape.h, shape.w, shape.c);
  std::copy_n(tensor.as<float>().begin(), image.pixels.size(), image.pixels.begin());
  return image;
}

}  // namespace

Translator::Translator(Direction direction, const GeneratorOptions& options, const ImageFormat& images, Device device,
                       State& state)
    : images_(images), executable_(compile_translator(direction, options, images, device, state)) {}

Translation Translator::operator()(const Sample& sample, ImageCache& cache) {
  const ImageCache::Levels levels = cache.get(sample.path, images_);
  HostTensor image(executable_.input("image").type);
  std::transform(levels->begin(), levels->end(), image.as<float>().begin(), level_to_value);
  executable_.set("image", image);
  executable_.run();
  return {image_of(image), image_of(executable_.get("translation")), image_of(executable_.get("reconstruction"))};
}

}  // namespace tuna
