#include "kernels/pointwise/add.h"

#include "kernels/pointwise/map.h"

namespace tuna {

static const PointwiseKernels<Add> kernels;

}  // namespace tuna
