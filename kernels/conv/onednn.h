// Convolutions by oneDNN: the one place that knows the library, in its 2.6 and its 3.x interface.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace tuna {

#ifdef TUNA_HAS_ONEDNN
/// Whether the library computes this direction correctly on every instruction set.  It does not depend on the machine,
/// so that all machines run the same algorithm.
bool onednn_fits(ConvDirection direction, const ConvProblem& problem);

Prepared onednn_conv2d(const ConvProblem& problem, bool bias);
Prepared onednn_conv2d_backward_data(const ConvProblem& problem);
Prepared onednn_conv2d_backward_weight(const ConvProblem& problem);
#endif

/// "oneDNN 2.6.3", or "none".
std::string onednn_version();

}  // namespace tuna
