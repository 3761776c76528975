// The kernels of the three convolutions on cpu, emulated and cuda: each runs the algorithm chosen for its problem.
#include "engine/program/kernel_registry.h"
#include "kernels/conv/conv2d.h"
#include "kernels/conv/conv_step.h"
#include "kernels/conv/tables.h"

namespace tuna {
namespace {

ConvAlgorithm chosen_algorithm(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  const ConvAlgorithms fitting = fitting_algorithms(direction, problem, target);
  check(!fitting.empty(), "no algorithm of backend {} computes {} of {} in {}", to_string(target.device.backend),
        to_string(direction), problem.name(), to_string(problem.dtype));
  const ConvChoice* choice =
      target.conv_choices ? target.conv_choices->find(direction, problem, target.precision) : nullptr;
  if (!choice) return fitting.front();
  const ConvAlgorithm* chosen = find_algorithm(fitting, choice->algorithm);
  check(chosen != nullptr, "{}: {}: algorithm '{}' does not compute it; these do: {}", target.conv_choices->file,
        conv_key(direction, problem, target.precision), choice->algorithm, names_of(fitting));
  return *chosen;
}

/// The kernels of the three ops on a backend.
template <Backend B>
struct ConvKernels {
  static Prepared prepare(const Op& op, const Types& in, const Types& out, const Target& target) {
    const auto [direction, problem] = conv_step(op, in, out).value();
    const ConvAlgorithm algorithm = chosen_algorithm(direction, problem, target);
    Prepared prepared = algorithm.prepare(direction, problem, target);
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
