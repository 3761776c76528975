#include "training/evaluation/predictor.h"

#include <algorithm>

#include "kernels/loss/softmax.h"

namespace tuna {
namespace {

Executable compile_prediction(const RecordLogits& record, const ImageFormat& images, int64_t batch,
                              const Target& target, State& state) {
  Program program(activation_type(target.precision));
  const Tensor x = program.input("images", Shape{batch, images.size, images.size, images.channels});
  program.output("probabilities", softmax(record(program, x)));
  return compile(program, target, state);
}

}  // namespace

int64_t Probabilities::winner(size_t sample) const {
  const auto begin = values.begin() + int64_t(sample) * classes;
  return std::max_element(begin, begin + classes) - begin;
}

Predictor::Predictor(const RecordLogits& record, const ImageFormat& images, int64_t batch, const Target& target,
                     State& state)
    : images_(images), batch_(batch), executable_(compile_prediction(record, images, batch, target, state)) {}

Probabilities Predictor::operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                                    const std::function<void()>& between_batches) {
  LoaderOptions options;
  options.format = images_;
  options.order = Order::sequential;
  options.batch = batch_;
  options.threads = threads;
  Loader loader(samples, {}, options, cache);
  Probabilities result{executable_.output("probabilities").type.shape.c, {}};
  for (int64_t step = 0; step < loader.batches(); ++step) {
    if (between_batches) between_batches();
    Batch batch = loader.batch(step);
    const size_t count = batch.samples.size();
    batch.pixels.resize(size_t(executable_.input("images").type.shape.count()));  // pads a partial batch with zeros
    executable_.set("images", std::span<const float>(batch.pixels));
    executable_.run();
    const std::vector<float> found = executable_.get<float>("probabilities");
    result.values.insert(result.values.end(), found.begin(), found.begin() + int64_t(count) * result.classes);
  }
  return result;
}

}  // namespace tuna
