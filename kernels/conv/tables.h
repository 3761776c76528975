// The tables of convolution algorithms, one per backend.
#pragma once

#include "kernels/conv/algorithm.h"

namespace tuna {

/// The table of backend cpu, emulated or cuda.
const ConvAlgorithms& conv_algorithms(Backend backend);

/// The algorithms of the target's backend that fit, in the order of the table: the first one runs.
ConvAlgorithms fitting_algorithms(ConvDirection direction, const ConvProblem& problem, const Target& target);

}  // namespace tuna
