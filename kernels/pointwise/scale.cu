#include "kernels/device/elementwise.h"
#include "kernels/pointwise/scale.h"

namespace tuna::BACKEND {

static const PointwiseKernel<Scale> kernel;

}  // namespace tuna::BACKEND
