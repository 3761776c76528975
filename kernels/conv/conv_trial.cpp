#include "kernels/conv/conv_trial.h"

#include <algorithm>
#include <cmath>

#include "engine/base/random.h"
#include "engine/program/kernel_registry.h"
#include "engine/runtime/runtimes.h"

namespace tuna {
namespace {

HostTensor random_numbers(DType dtype) {
  std::vector<double> values(size_t(1) << 16);
  Random random(0, "tune");
  for (double& value : values) value = random.uniform(-1, 1);
  return {Type{dtype, {1, 1, 1, int64_t(values.size())}}, values};
}

}  // namespace

struct ConvTrial::Ready {
  Target target;
  Prepared kernel;
  Args args;
  std::vector<Memory> memory;
  std::vector<void*> packed;
  size_t runs = 1;

  // A weight that a kernel needs in another layout is packed in each run, as it is in each step of a training.
  void run(Stream& stream) {
    for (size_t i = 0; i < packed.size(); ++i) {
      const Packing& packing = kernel.packings[i];
      packing.pack(args.in[size_t(packing.input)].memory, packed[i], stream);
    }
    kernel.run(args, stream);
  }

  double seconds(size_t count) {
    return runtime(target.device)
        .mean_seconds(count, [this, stream = runtime(target.device).stream()]() mutable { run(stream); }, {});
  }
};

ConvTrial::ConvTrial(const ConvStep& step, const Target& target)
    : step_(step), op_(step.op()), target_(target), access_(runtime(target.device).enter()) {
  for (const Type& type : step.in()) args_.in.push_back(view(type));
  args_.out = {view(step.out())};
  runtime(target.device).synchronize();
}

double ConvTrial::once(const ConvChoice& choice) { return prepare(choice)->seconds(3); }

double ConvTrial::again(const ConvChoice& choice) {
  std::shared_ptr<Ready>& ready = ready_[to_string(choice)];
  if (!ready) {
    ready = prepare(choice);
    ready->runs = size_t(std::clamp(std::ceil(0.01 / ready->seconds(1)), 1.0, 10.0));
  }
  return ready->seconds(ready->runs);
}

std::shared_ptr<ConvTrial::Ready> ConvTrial::prepare(const ConvChoice& choice) {
  ConvChoices choices;
  choices.convolutions[conv_key(step_.direction, step_.problem, target_.precision)] = choice;
  const auto ready = std::make_shared<Ready>(Ready{target_, {}, args_, {}});
  ready->target.conv_choices = std::make_shared<ConvChoices>(std::move(choices));
  ready->kernel = find_kernel(*op_, target_.device.backend)(*op_, step_.in(), {step_.out()}, ready->target);
  const auto allocate = [&](size_t bytes, const char* what) {
    return ready->memory.emplace_back(target_.device, bytes, what + to_string(choice)).address();
  };
  if (ready->kernel.workspace > 0) ready->args.workspace = allocate(ready->kernel.workspace, "the workspace of ");
  Stream stream = runtime(target_.device).stream();
  for (const Packing& packing : ready->kernel.packings)
    ready->packed.push_back(allocate(packing.bytes, "the packed weight of "));
  ready->args.packed.assign(ready->packed.begin(), ready->packed.end());
  ready->run(stream);  // libraries set themselves up in the first run
  runtime(target_.device).synchronize();
  return ready;
}

// Random as in training: on equal numbers a GPU takes less power and runs faster.
View ConvTrial::view(const Type& type) {
  const Memory& memory = memory_.emplace_back(target_.device, type.bytes(), "a convolution to be timed");
  const HostTensor& numbers = random_numbers_.try_emplace(type.dtype, random_numbers(type.dtype)).first->second;
  const std::vector<std::byte>& block = numbers.bytes();
  for (size_t begin = 0; begin < type.bytes(); begin += block.size())
    runtime(target_.device)
        .upload(static_cast<std::byte*>(memory.address()) + begin, block.data(),
                std::min(block.size(), type.bytes() - begin));
  return {type, memory.address()};
}

}  // namespace tuna
