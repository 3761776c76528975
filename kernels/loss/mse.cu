#include "kernels/loss/elementwise_mean_device.h"
#include "kernels/loss/mse.h"

namespace tuna::BACKEND {

static const ElementwiseMeanKernels<SquaredDifference> kernels;

}  // namespace tuna::BACKEND
