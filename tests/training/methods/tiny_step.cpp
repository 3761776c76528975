#include "tests/training/methods/tiny_step.h"

#include <limits>

#include "engine/base/random.h"
#include "kernels/random/image_pool.h"

namespace tuna {
namespace {

constexpr int64_t kPool = 1;  // full after one step, so that exchanges come early

Executable compile_step(State& state, const Target& target, CompileOptions options, BatchNormMode batch_norm) {
  TunaNetOptions net;
  net.generator = {4, 2};
  net.discriminator = {4, 3};
  net.classifier.width = 4;
  JointTraining training;
  training.pool = kPool;
  training.bn = batch_norm;
  const int64_t size = batch_norm == BatchNormMode::training ? 48 : 32;  // more than a pixel in the end
  Program program(activation_type(target.precision));
  record_joint_step(program, {net, {}, training}, {.size = size});
  return compile(program, target, state, options);
}

}  // namespace

TinyStep::TinyStep(State& state, const Target& target, CompileOptions options, BatchNormMode batch_norm)
    : executable_(compile_step(state, target, options, batch_norm)) {}

void TinyStep::run(int64_t step) {
  set_inputs(step);
  executable_.run();
}

void TinyStep::run_with_nan(int64_t step, const std::string& image) {
  set_inputs(step);
  HostTensor pixels = executable_.read(executable_.input(image));
  pixels.as<float>()[100] = std::numeric_limits<float>::quiet_NaN();
  executable_.set(image, pixels);
  executable_.run();
}

void TinyStep::set_inputs(int64_t step) {
  for (const char* image : {"x_a", "x_p"}) {
    HostTensor pixels(executable_.input(image).type);
    Random random(1, image, uint32_t(step));
    for (float& pixel : pixels.as<float>()) pixel = float(random.uniform(-1, 1));
    executable_.set(image, pixels);
  }
  const int32_t label = int32_t(step % 2);
  executable_.set("y_a", std::span<const int32_t>(&label, 1));
  for (const char* pool : {"pool_A", "pool_P"})
    executable_.set(std::string(pool) + ".decisions",
                    std::span<const int32_t>(pool_decisions(1, pool, step, 1, kPool)));
  for (const char* optimizer : {"optimizer_G", "optimizer_F", "optimizer_D"})
    executable_.set(std::string(optimizer) + ".schedule", std::span<const float>(adam_schedule(2e-3, step + 1)));
}

Snapshot snapshot(const State& state) {
  Snapshot bytes;
  for (const std::string& name : state.names()) bytes[name] = state.read(name).bytes();
  return bytes;
}

std::vector<std::string> differing(const Snapshot& a, const Snapshot& b) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second != bytes) names.push_back(name);
  }
  for (const auto& [name, bytes] : b)
    if (!a.count(name)) names.push_back(name);
  return names;
}

}  // namespace tuna
