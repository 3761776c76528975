#include "training/evaluation/predictor.h"

#include <algorithm>

#include "kernels/loss/softmax.h"

namespace tuna {
namespace {

Executable compile_inference(const std::vector<RecordValues>& records, const ImageFormat& images, int64_t batch,
                             const Target& target, State& state) {
  Program program(activation_type(target.precision));
  const Tensor x = program.input("images", Shape{batch, images.size, images.size, images.channels});
  for (size_t i = 0; i < records.size(); ++i) program.output(std::to_string(i), records[i](program, x));
  return compile(program, target, state);
}

}  // namespace

int64_t Probabilities::winner(size_t sample) const {
  const auto begin = values.begin() + int64_t(sample) * classes;
  return std::max_element(begin, begin + classes) - begin;
}

RecordValues probabilities_of(const RecordLogits& record) {
  return [record](Program& program, Tensor images) { return softmax(record(program, images)); };
}

Inference::Inference(const std::vector<RecordValues>& records, const ImageFormat& images, int64_t batch,
                     const Target& target, State& state)
    : images_(images),
      batch_(batch),
      executable_(compile_inference(records, images, batch, target, state)),
      outputs_(records.size()) {}

std::vector<SampleValues> Inference::operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                                                const std::function<void()>& between_batches) {
  LoaderOptions options;
  options.format = images_;
  options.order = Order::sequential;
  options.batch = batch_;
  options.threads = threads;
  Loader loader(samples, {}, options, cache);
  std::vector<SampleValues> results;
  for (size_t i = 0; i < outputs_; ++i) results.push_back({executable_.output(std::to_string(i)).type.shape.c, {}});
  for (int64_t step = 0; step < loader.batches(); ++step) {
    if (between_batches) between_batches();
    Batch batch = loader.batch(step);
    const size_t count = batch.samples.size();
    batch.pixels.resize(size_t(executable_.input("images").type.shape.count()));  // pads a partial batch with zeros
    executable_.set("images", std::span<const float>(batch.pixels));
    executable_.run();
    for (size_t i = 0; i < outputs_; ++i) {
      const std::vector<float> found = executable_.get<float>(std::to_string(i));
      SampleValues& result = results[i];
      result.values.insert(result.values.end(), found.begin(), found.begin() + int64_t(count) * result.width);
    }
  }
  return results;
}

Predictor::Predictor(const RecordLogits& record, const ImageFormat& images, int64_t batch, const Target& target,
                     State& state)
    : inference_({probabilities_of(record)}, images, batch, target, state) {}

Probabilities Predictor::operator()(const std::vector<Sample>& samples, ImageCache& cache, int threads,
                                    const std::function<void()>& between_batches) {
  SampleValues found = std::move(inference_(samples, cache, threads, between_batches)[0]);
  return {found.width, std::move(found.values)};
}

}  // namespace tuna
