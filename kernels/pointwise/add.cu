#include "kernels/device/elementwise.h"
#include "kernels/pointwise/add.h"

namespace tuna::BACKEND {

static const PointwiseKernel<Add> kernel;

}  // namespace tuna::BACKEND
