#include "kernels/device/elementwise.h"
#include "kernels/pointwise/greater_than.h"

namespace tuna::BACKEND {

static const PointwiseKernel<GreaterThan> kernel;

}  // namespace tuna::BACKEND
