#include "kernels/device/elementwise.h"
#include "kernels/pointwise/leaky_relu.h"

namespace tuna::BACKEND {

static const PointwiseKernel<LeakyRelu> forward;
static const PointwiseKernel<LeakyReluBackward> backward;

}  // namespace tuna::BACKEND
