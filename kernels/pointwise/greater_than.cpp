#include "kernels/pointwise/greater_than.h"

#include "kernels/pointwise/map.h"

namespace tuna {

static const PointwiseKernels<GreaterThan> kernels;

}  // namespace tuna
