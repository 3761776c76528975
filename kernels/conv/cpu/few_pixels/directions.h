// The three directions, for problems that is_computed() accepts.
#pragma once

#include "engine/program/kernel.h"
#include "kernels/conv/conv_problem.h"

namespace tuna::conv_cpu::windows {

/// f32, channels in whole panels of 16.
bool is_computed(const ConvProblem& problem);

Prepared forward(const ConvProblem& problem);
Prepared backward_data(const ConvProblem& problem);
Prepared backward_weight(const ConvProblem& problem);

}  // namespace tuna::conv_cpu::windows
