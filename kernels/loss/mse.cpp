#include "kernels/loss/mse.h"

namespace tuna {

static const ElementwiseMeanKernels<SquaredDifference> kernels;

}  // namespace tuna
