#include "training/evaluation/translator.h"

#include <algorithm>

namespace tuna {
namespace {

std::string output_name(size_t i) { return fmt::format("image {}", i); }

Image image_of(const HostTensor& tensor) {
  const Shape& shape = tensor.type().shape;
  Image image(shape.h, shape.w, shape.c);
  std::copy_n(tensor.as<float>().begin(), image.pixels.size(), image.pixels.begin());
  return image;
}

}  // namespace

Translator::Translator(const RecordImages& record, const ImageFormat& images, const Target& target, State& state)
    : images_(images) {
  Program program(activation_type(target.precision));
  const Tensor image = program.input("image", Shape{1, images.size, images.size, images.channels});
  for (const Tensor& made : record(program, image)) program.output(output_name(made_++), made);
  executable_ = compile(program, target, state);
}

std::vector<Image> Translator::operator()(const Sample& sample, ImageCache& cache) {
  const ImageCache::Levels levels = cache.get(sample.path, images_);
  HostTensor image(executable_.input("image").type);
  std::transform(levels->begin(), levels->end(), image.as<float>().begin(), level_to_value);
  executable_.set("image", image);
  executable_.run();
  std::vector<Image> result = {image_of(image)};
  for (size_t i = 0; i < made_; ++i) result.push_back(image_of(executable_.get(output_name(i))));
  return result;
}

}  // namespace tuna
