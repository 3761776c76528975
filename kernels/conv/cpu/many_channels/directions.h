// Gradients of convolutions of many channels, for problems that is_computed() accepts.
#pragma once

#include "engine/program/kernel.h"
#include "kernels/conv/conv_problem.h"

namespace tuna::conv_cpu::many {

/// f32, any kernel, stride and padding, channels in whole panels of 16.
bool is_computed(const ConvProblem& problem);

Prepared backward_data(const ConvProblem& problem);

/// For `threads` threads at most; the bits do not depend on their number.
Prepared backward_weight(const ConvProblem& problem, int threads);

}  // namespace tuna::conv_cpu::many
