// Winograd's convolution in its three directions, for problems that is_computed() accepts.
#pragma once

#include "engine/program/kernel.h"
#include "kernels/conv/conv_problem.h"

namespace tuna::conv_cpu::winograd {

/// f32, 3x3, stride 1, padding 0 or 1, channels in whole panels of 16.
bool is_computed(const ConvProblem& problem);

Prepared forward(const ConvProblem& problem);
Prepared backward_data(const ConvProblem& problem);
Prepared backward_weight(const ConvProblem& problem, int threads);

}  // namespace tuna::conv_cpu::winograd
