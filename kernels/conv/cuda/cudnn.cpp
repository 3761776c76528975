// Convolutions by cuDNN: of all shapes, in every type except f64.
#include "kernels/conv/cuda/cudnn_engines.h"
#include "kernels/conv/cuda/library_call.h"
#include "kernels/conv/cuda/table.h"

namespace tuna::conv_cuda {
namespace {

bool fits(ConvDirection, const ConvProblem& problem, const Target&) { return problem.dtype != DType::f64; }

#ifdef TUNA_HAS_CUDA
Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  return as_whole_op(cudnn_convolution(direction, problem, target), direction, problem, target);
}

std::vector<ConvEngine> engines(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  return cudnn_offers(direction, problem, target);
}
#else
Prepared prepare(ConvDirection, const ConvProblem&, const Target&) { fail("cuDNN: this build has no backend cuda"); }
std::vector<ConvEngine> engines(ConvDirection, const ConvProblem&, const Target&) { return {}; }
#endif

}  // namespace

constinit const ConvAlgorithm cudnn{
    .name = "cudnn", .fits = fits, .prepare = prepare, .needs_gpu = true, .engines = engines};

}  // namespace tuna::conv_cuda
