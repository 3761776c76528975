// The convolutions of a program in the order in which faster ones gain most.
#pragma once

#include <string>
#include <vector>

#include "engine/compile/machine_limits.h"
#include "kernels/conv/choices.h"

namespace tuna {

/// A convolution of a program, the number of its steps, and the seconds that all of them take at least.
struct WeighedConvolution {
  std::string key;  // conv_key()
  ConvStep step;
  int64_t count;
  double seconds;
};

/// The convolutions of a program, each once, the heaviest first.
std::vector<WeighedConvolution> heaviest_first(const Program& program, Precision precision,
                                               const MachineLimits& limits);

}  // namespace tuna
