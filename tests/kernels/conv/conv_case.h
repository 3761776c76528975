// One convolution on backend cpu in one direction, with drawn inputs, for tests that run its kernels themselves.
#pragma once

#include "engine/runtime/host_tensor.h"
#include "kernels/conv/algorithm.h"
#include "kernels/conv/conv_step.h"

namespace tuna {

struct ConvCase {
  ConvCase(const Op& op, const std::vector<Shape>& shapes);  // of its inputs, which are normal

  const Op& op;
  Types types = {};
  std::vector<HostTensor> inputs = {};
  Type output = {};
  ConvStep step = {};
  std::vector<double> expected = {};  // by `ref` in f64
};

/// Of the table that runs on this processor.
const ConvAlgorithm& cpu_algorithm(const std::string& name);

/// Returns what the kernel writes to its output.  Fails if it writes elsewhere.  All memory that it may write is NaN
/// before.
std::vector<std::byte> run_guarded(const Prepared& kernel, const std::vector<HostTensor>& inputs, const Type& output);

}  // namespace tuna
