#include "kernels/loss/l1.h"

#include "kernels/loss/elementwise_mean_kernels.h"

namespace tuna {

static const ElementwiseMeanKernels<AbsoluteDifference> kernels;

}  // namespace tuna
