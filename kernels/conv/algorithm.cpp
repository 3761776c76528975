#include "kernels/conv/algorithm.h"

#include <algorithm>
#include <iterator>

#include "kernels/conv/cpu/table.h"
#include "kernels/conv/cuda/table.h"

namespace tuna {

const ConvAlgorithms& conv_algorithms(Backend backend) {
  switch (backend) {
    case Backend::cpu:
      return conv_cpu::table();
    case Backend::emulated:
      return conv_cuda::emulated_table();
    case Backend::cuda:
      return conv_cuda::table();
    default:
      fail("convolutions: backend {} has no algorithms, only the definition", to_string(backend));
  }
}

ConvAlgorithms fitting_algorithms(ConvDirection direction, const ConvProblem& problem, const Device& device) {
  ConvAlgorithms fitting;
  std::copy_if(conv_algorithms(device.backend).begin(), conv_algorithms(device.backend).end(),
               std::back_inserter(fitting),
               [&](const ConvAlgorithm& each) { return each.fits(direction, problem, device); });
  return fitting;
}

const ConvAlgorithm* find_algorithm(const ConvAlgorithms& algorithms, const std::string& name) {
  const auto found =
      std::find_if(algorithms.begin(), algorithms.end(), [&](const ConvAlgorithm& each) { return each.name == name; });
  return found == algorithms.end() ? nullptr : &*found;
}

std::string names_of(const ConvAlgorithms& algorithms) {
  std::vector<const char*> names;
  for (const ConvAlgorithm& each : algorithms) names.push_back(each.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

namespace {

ConvAlgorithm chosen_algorithm(ConvDirection direction, const ConvProblem& problem, const Device& device) {
  const ConvAlgorithms fitting = fitting_algorithms(direction, problem, device);
  check(!fitting.empty(), "no algorithm of backend {} computes {} of {} in {}", to_string(device.backend),
        to_string(direction), problem.name(), to_string(problem.dtype));
  const ConvChoice* choice =
      device.conv_choices ? device.conv_choices->find(direction, problem, device.precision) : nullptr;
  if (!choice) return fitting.front();
  const ConvAlgorithm* chosen = find_algorithm(fitting, choice->algorithm);
  check(chosen != nullptr, "{}: {}: algorithm '{}' does not compute it; these do: {}", device.conv_choices->file,
        conv_key(direction, problem, device.precision), choice->algorithm, names_of(fitting));
  return *chosen;
}

/// The kernels of the three ops on a backend.
template <Backend B>
struct ConvKernels {
  static Prepared prepare(const Op& op, const Types& in, const Types& out, Device& device) {
    const auto [direction, problem] = conv_step(op, in, out).value();
    const ConvAlgorithm algorithm = chosen_algorithm(direction, problem, device);
    Prepared prepared = algorithm.prepare(direction, problem, device);
    prepared.algorithm = algorithm.name;
    return prepared;
  }

  const KernelFor<Conv2d, B> forward{prepare};
  const KernelFor<Conv2dBackwardData, B> backward_data{prepare};
  const KernelFor<Conv2dBackwardWeight, B> backward_weight{prepare};
};

const ConvKernels<Backend::cpu> on_cpu;
const ConvKernels<Backend::emulated> on_emulator;
#ifdef TUNA_HAS_CUDA
const ConvKernels<Backend::cuda> on_gpu;
#endif

}  // namespace
}  // namespace tuna
