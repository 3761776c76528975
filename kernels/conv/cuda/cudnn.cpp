// Convolutions by cuDNN: all of them.
#include "kernels/conv/cuda/cudnn_engines.h"
#include "kernels/conv/cuda/library_call.h"
#include "kernels/conv/cuda/table.h"

namespace tuna::conv_cuda {
namespace {

bool fits(ConvDirection, const ConvProblem& problem, const Device&) { return problem.dtype != DType::f64; }

#ifdef TUNA_HAS_CUDA
Prepared prepare(ConvDirection direction, const ConvProblem& problem, Device& device) {
  return as_whole_op(cudnn_convolution(direction, problem, device), direction, problem, device);
}

std::vector<ConvEngine> engines(ConvDirection direction, const ConvProblem& problem, const Device& device) {
  return cudnn_offers(direction, problem, device);
}
#else
Prepared prepare(ConvDirection, const ConvProblem&, Device&) { fail("cuDNN: this build has no backend cuda"); }
std::vector<ConvEngine> engines(ConvDirection, const ConvProblem&, const Device&) { return {}; }
#endif

}  // namespace

constinit const ConvAlgorithm cudnn{
    .name = "cudnn", .fits = fits, .prepare = prepare, .needs_gpu = true, .engines = engines};

}  // namespace tuna::conv_cuda
