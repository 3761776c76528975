#include "kernels/pointwise/add.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Tensor operator+(Tensor a, Tensor b) { return record(Add(), {a, b})[0]; }

static const PointwiseKernels<Add> kernels;

}  // namespace tuna
