// Selects the engine of cuDNN 9 for a convolution: NHWC, deterministic, with sums in f32.
#pragma once

#include <string>
#include <vector>

#include "kernels/conv/choices.h"

namespace tuna {

#ifdef TUNA_HAS_CUDA
/// Bytes of workspace above which the fixed rule prefers an engine that needs less.
constexpr size_t kLargeWorkspace = size_t(32) << 20;

/// The convolution without bias, with all tensors in the type of the problem.
Prepared cudnn_convolution(ConvDirection direction, const ConvProblem& problem, const Target& target);

/// The engines that cuDNN's heuristics return (mode A, then its fallback) and that are deterministic and multiply in
/// the precision of the target.  `gpu`: cuDNN's description, in JSON, of a GPU that need not be present, in place of
/// the device's.
std::vector<ConvEngine> cudnn_offers(ConvDirection direction, const ConvProblem& problem, const Target& target,
                                     const std::string& gpu = "");

struct CudnnChoice {
  ConvEngine engine;
  size_t workspace;
  bool operator==(const CudnnChoice&) const = default;
};

/// The engine that cudnn_convolution() runs: that of the target's choices or, if they name none, that of the fixed rule
/// among cudnn_offers(), which is found once per process and convolution.  Throws Error if none runs on the GPU.
CudnnChoice cudnn_choice(ConvDirection direction, const ConvProblem& problem, const Target& target,
                         const std::string& gpu = "");
#endif

}  // namespace tuna
