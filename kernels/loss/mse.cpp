#include "kernels/loss/mse.h"

#include "kernels/loss/elementwise_mean_kernels.h"

namespace tuna {

static const ElementwiseMeanKernels<SquaredDifference> kernels;

}  // namespace tuna
