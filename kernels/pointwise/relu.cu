#include "kernels/device/elementwise.h"
#include "kernels/pointwise/relu.h"

namespace tuna::BACKEND {

static const PointwiseKernel<Relu> forward;
static const PointwiseKernel<ReluBackward> backward;

}  // namespace tuna::BACKEND
