#include "kernels/conv/cuda/table.h"

#include "engine/program/kernel_registry.h"

namespace tuna::conv_cuda {

const ConvAlgorithms& table() {
  static const ConvAlgorithms algorithms = {
      cublas,
      cudnn,
  };
  return algorithms;
}

namespace {

Prepared prepare_reference(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  const ConvStep step{direction, problem};
  const std::shared_ptr<const Op> op = step.op();
  Prepared prepared = find_kernel(*op, Backend::ref)(*op, step.in(), {step.out()}, target);
  // The kernel holds a reference to its op.
  prepared.run = [op, run = std::move(prepared.run)](const Args& args, Stream& stream) { run(args, stream); };
  return prepared;
}

ConvAlgorithms without_gpu(ConvAlgorithms algorithms) {
  for (ConvAlgorithm& each : algorithms)
    if (each.needs_gpu) each.prepare = prepare_reference;
  return algorithms;
}

}  // namespace

const ConvAlgorithms& emulated_table() {
  static const ConvAlgorithms algorithms = without_gpu(table());
  return algorithms;
}

}  // namespace tuna::conv_cuda
