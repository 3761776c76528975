#include "kernels/device/elementwise.h"
#include "kernels/pointwise/tanh.h"

namespace tuna::BACKEND {

static const PointwiseKernel<Tanh> forward;
static const PointwiseKernel<TanhBackward> backward;

}  // namespace tuna::BACKEND
