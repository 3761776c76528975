// The algorithms of convolutions: each backend has one ordered table, of which the first that fits runs.  This is a
// fixed rule by shape, independent of timings; a tuning file (choices.h) may select others.
#pragma once

#include <vector>

#include "engine/program/kernel.h"
#include "kernels/conv/choices.h"

namespace tuna {

/// One way to compute convolutions on a backend.
struct ConvAlgorithm {
  const char* name;  // in `tuna graph`, `tuna bench` and tuning files

  /// Whether it computes this direction correctly.  Must not depend on the machine, so that all machines run the same.
  bool (*fits)(ConvDirection, const ConvProblem&, const Target&);

  /// The kernel of the whole op: Conv2d (with its bias if problem.bias), Conv2dBackwardData or Conv2dBackwardWeight.
  Prepared (*prepare)(ConvDirection, const ConvProblem&, const Target&);

  bool needs_gpu = false;  // calls a CUDA library: backend emulated runs `ref` instead

  /// The engines that it may run, for `tuna tune`; null if there is no choice.
  std::vector<ConvEngine> (*engines)(ConvDirection, const ConvProblem&, const Target&) = nullptr;
};

using ConvAlgorithms = std::vector<ConvAlgorithm>;

/// Null if the table has no algorithm of this name.
const ConvAlgorithm* find_algorithm(const ConvAlgorithms& algorithms, const std::string& name);

std::string names_of(const ConvAlgorithms& algorithms);  // "onednn, plain"

}  // namespace tuna
