#include "kernels/loss/elementwise_mean_device.h"
#include "kernels/loss/l1.h"

namespace tuna::BACKEND {

static const ElementwiseMeanKernels<AbsoluteDifference> kernels;

}  // namespace tuna::BACKEND
