// A convolution has algorithms: per backend one ordered table, of which the first that fits runs.  That is a fixed rule
// by shape, never a timing.
#pragma once

#include <vector>

#include "kernels/conv/conv_step.h"

namespace tuna {

/// One way to compute convolutions on a backend.
struct ConvAlgorithm {
  const char* name;  // in `tuna graph`, `tuna bench` and tuning files

  /// Whether it computes this direction correctly.  Must not depend on the machine, so that all machines run the same.
  bool (*fits)(ConvDirection, const ConvProblem&, const Device&);

  /// The kernel of the whole op: Conv2d (with its bias if problem.bias), Conv2dBackwardData or Conv2dBackwardWeight.
  Prepared (*prepare)(ConvDirection, const ConvProblem&, Device&);

  bool needs_gpu = false;  // a library's: backend emulated has `ref` in its place
};

using ConvAlgorithms = std::vector<ConvAlgorithm>;

/// The table of backend cpu, emulated or cuda.
const ConvAlgorithms& conv_algorithms(Backend backend);

/// Those of the device's backend that fit, in the order of the table: the first one runs.
ConvAlgorithms fitting_algorithms(ConvDirection direction, const ConvProblem& problem, const Device& device);

}  // namespace tuna
