// Linear layers by cuBLAS: the one place that knows the library.  f32.
#pragma once

#include "kernels/linear/linear_product.h"

namespace tuna {

#ifdef TUNA_HAS_CUDA
/// Without bias, for a problem that is_linear().
Prepared cublas_linear(ConvDirection direction, const ConvProblem& problem, const Device& device);
#endif

}  // namespace tuna
