// Mean absolute difference: Eq. 2, the cycle.
#pragma once

#include "kernels/loss/elementwise_mean.h"
#include "kernels/loss/l1.cuh"

namespace tuna {

/// y = average(|a - b|).  in: a, b of one type.  out: y [1, 1, 1, 1].
inline Tensor l1(Tensor a, Tensor b) { return record(ElementwiseMean<AbsoluteDifference>(), {a, b})[0]; }

}  // namespace tuna
