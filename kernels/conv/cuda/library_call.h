// Completes a library's convolution to the whole op.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace tuna::conv_cuda {

/// `convolution` takes all tensors in the type of the problem and adds no bias.  The result takes the weight in f32,
/// rounded once per value if activations are of a reduced-precision type, and adds the bias, if there is one, with the
/// kernel of AddBias.
Prepared as_whole_op(Prepared convolution, ConvDirection direction, const ConvProblem& problem, const Target& target);

}  // namespace tuna::conv_cuda
