#include "training/evaluation/translator.h"

#include <algorithm>

namespace tuna {
namespace {

std::string output_name(size_t i) { return fmt::format("image {}", i); }

Image image_of(const HostTensor& tensor, size_t sample) {
  const Shape& shape = tensor.type().shape;
  Image image(shape.h, shape.w, shape.c);
  const size_t floats = image.pixels.size();
  std::copy_n(tensor.as<float>().begin() + int64_t(sample * floats), floats, image.pixels.begin());
  return image;
}

}  // namespace

int64_t translation_batch(const ImageFormat& images) {
  constexpr int64_t kPixels = 512 * 512, kMost = 16;
  return std::clamp(kPixels / (images.size * images.size), int64_t(1), kMost);
}

Translator::Translator(const RecordImages& record, const ImageFormat& images, const Target& target, State& state,
                       int64_t batch)
    : images_(images) {
  Program program(activation_type(target.precision));
  const Tensor input = program.input("images", Shape{batch, images.size, images.size, images.channels});
  for (const Tensor& made : record(program, input)) program.output(output_name(made_++), made);
  executable_ = compile(program, target, state);
}

std::vector<std::vector<Image>> Translator::operator()(std::span<const Sample> samples, ImageCache& cache) {
  HostTensor images(executable_.input("images").type);  // zeros after the last sample
  auto to = images.as<float>().begin();
  for (const Sample& sample : samples) {
    const ImageCache::Levels levels = cache.get(sample.path, images_);
    to = std::transform(levels->begin(), levels->end(), to, level_to_value);
  }
  executable_.set("images", images);
  executable_.run();
  std::vector<HostTensor> shown = {std::move(images)};
  for (size_t i = 0; i < made_; ++i) shown.push_back(executable_.get(output_name(i)));
  std::vector<std::vector<Image>> result(samples.size());
  for (size_t i = 0; i < samples.size(); ++i)
    for (const HostTensor& each : shown) result[i].push_back(image_of(each, i));
  return result;
}

}  // namespace tuna
