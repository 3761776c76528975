// Convolutions by cuDNN 9: the one place that knows the library.  NHWC, deterministic, products added up in f32.
#pragma once

#include "kernels/conv/conv_problem.h"

namespace tuna {

#ifdef TUNA_HAS_CUDA
/// Without bias; x, weight and y, or their gradients, are `dtype` in memory.  Which of cuDNN's engines runs is a fixed
/// rule: the first that its heuristics name (mode A, then its fallback), that is deterministic, multiplies in the
/// precision of the device, and can be had on its GPU.
Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, DType dtype, const Device& device);

/// The same choice for a GPU that need not be there, from cuDNN's own description of it in JSON: "engine 70, workspace
/// 10.5 MiB".  Throws Error where there is none.
std::string cudnn_choice(ConvDirection direction, const ConvProblem& problem, DType dtype, Precision precision,
                         const std::string& gpu);
#endif

/// "cuDNN 9.10.2", or "none".
std::string cudnn_version();

}  // namespace tuna
