#include "kernels/limits/measured_limits.h"

#include <algorithm>
#include <vector>

#include "engine/compile/compile.h"
#include "kernels/conv/conv2d.h"
#include "kernels/conv/cpu_kernels.h"
#include "kernels/pointwise/scale.h"

namespace tuna {
namespace {

constexpr int kRounds = 5;  // of which the fastest counts

// Of the only instruction with this name.
double fastest_seconds(const Program& program, const Target& target, const std::string& name) {
  State state(0, target.device);
  Executable executable = compile(program, target, state);
  for (const auto& [input, id] : program.inputs()) {  // pages that were never written are read from one page of zeros
    HostTensor numbers(program.value(id).type);
    std::fill(numbers.bytes().begin(), numbers.bytes().end(), std::byte(0x3f));  // near 1 in every type
    executable.set(input, numbers);
  }
  executable.run();
  double fastest = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> seconds;
    executable.run(seconds);
    for (size_t i = 0; i < seconds.size(); ++i)
      if (executable.instructions()[i].name == name) fastest = std::min(fastest, seconds[i]);
  }
  return fastest;
}

double flops_of_gpu(const Target& target) {
  constexpr int64_t kSide = 8192;
  Program program(activation_type(target.precision));
  const Tensor x = program.input("x", Type{program.activation(), {1, kSide / 64, 64, kSide}});
  program.output("y", conv2d(x, program.input("weight", Shape{kSide, 1, 1, kSide}), {}));
  return 2.0 * kSide * kSide * kSide / fastest_seconds(program, target, "conv2d");
}

double bytes_of(const Target& target) {
  const int64_t side = target.device.backend == Backend::cuda ? 8192 : 4096;  // 256 MiB, 64 MiB
  Program program;
  program.output("y", 2 * program.input("x", Shape{1, 1, side, side}));
  return 2.0 * sizeof(float) * double(side * side) / fastest_seconds(program, target, "scale");
}

}  // namespace

std::optional<MachineLimits> measured_limits(const Target& target) {
  switch (target.device.backend) {
    case Backend::cpu:
      return MachineLimits{cpu_conv_kernels().measured_flops(), bytes_of(target)};
    case Backend::cuda:
      return MachineLimits{flops_of_gpu(target), bytes_of(target)};
    default:
      return std::nullopt;
  }
}

}  // namespace tuna
