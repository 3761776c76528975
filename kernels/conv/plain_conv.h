// Convolutions of our own, as sums over the taps of the kernel of small matrix products on rows of pixels.  They serve
// where oneDNN is not installed or does not fit.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace tuna {

Prepared plain_conv2d(const ConvProblem& problem, bool bias);
Prepared plain_conv2d_backward_data(const ConvProblem& problem);
Prepared plain_conv2d_backward_weight(const ConvProblem& problem);

}  // namespace tuna
