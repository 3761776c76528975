// Which engine of cuDNN 9 computes a convolution: NHWC, deterministic, products added up in f32.
#pragma once

#include "kernels/conv/choices.h"

namespace tuna {

#ifdef TUNA_HAS_CUDA
/// All tensors in the type of the problem, without bias.
Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, const Target& target);

/// The engines that cuDNN's heuristics name (mode A, then its fallback), that are deterministic and multiply in the
/// precision of the target.  `gpu`: cuDNN's own description, in JSON, of a GPU that need not be there, in place of the
/// device's.
std::vector<ConvEngine> cudnn_offers(ConvDirection direction, const ConvProblem& problem, const Target& target,
                                     const std::string& gpu = "");

struct CudnnChoice {
  ConvEngine engine;
  size_t workspace;
  bool operator==(const CudnnChoice&) const = default;
};

/// What cudnn_convolution() takes: the engine of the target's choices, and if they name none a fixed rule, the first
/// of cudnn_offers() that can be had on the GPU.  Throws Error where there is none.
CudnnChoice cudnn_choice(ConvDirection direction, const ConvProblem& problem, const Target& target,
                         const std::string& gpu = "");
#endif

}  // namespace tuna
