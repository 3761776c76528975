// Convolutions by cuDNN 9: the one place that knows the library.  NHWC, deterministic, products added up in f32.
#pragma once

#include "kernels/conv/conv_plans.h"

namespace tuna {

#ifdef TUNA_HAS_CUDA
/// Without bias.  Which of cuDNN's engines runs is what the device's plans say, and where they do not know the
/// convolution a fixed rule: the first of cudnn_offers() that can be had on the GPU.
Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, const Device& device);

/// The engines that cuDNN's heuristics name (mode A, then its fallback), that are deterministic and multiply in the
/// precision of the device.  `gpu`: cuDNN's own description, in JSON, of a GPU that need not be there, in place of the
/// device's.
std::vector<ConvEngine> cudnn_offers(ConvDirection direction, const ConvProblem& problem, const Device& device,
                                     const std::string& gpu = "");

struct CudnnChoice {
  ConvEngine engine;
  size_t workspace;
  bool operator==(const CudnnChoice&) const = default;
};

/// What cudnn_convolution() takes.  Throws Error where there is none.
CudnnChoice cudnn_choice(ConvDirection direction, const ConvProblem& problem, const Device& device,
                         const std::string& gpu = "");
#endif

/// "cuDNN 9.10.2", or "none".
std::string cudnn_version();

}  // namespace tuna
