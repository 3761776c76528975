// Convolutions with few channels on one side, for problems that is_computed() accepts.
#pragma once

#include "engine/program/kernel.h"
#include "kernels/conv/conv_problem.h"

namespace tuna::conv_cpu::few {

/// f32, square kernels of 3x3 to 7x7, padding below the kernel.  x has at most 4 channels and y whole panels of 16,
/// stride 1 or 2; or the reverse, stride 1.
bool is_computed(const ConvProblem& problem);

/// y or dx, whichever is written: the side with many channels or that with few.
Prepared to_many(const ConvProblem& problem);
Prepared to_few(const ConvProblem& problem);
Prepared backward_weight(const ConvProblem& problem);

}  // namespace tuna::conv_cpu::few
