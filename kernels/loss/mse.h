// Mean squared difference: of two tensors, and of a tensor from a constant, which is the loss of LSGAN (Mao et al.,
// 2017).
#pragma once

#include "kernels/loss/elementwise_mean.h"
#include "kernels/loss/mse.cuh"

namespace tuna {

/// y = average((a - b)^2).  in: a, b of one type.  out: y [1, 1, 1, 1].
inline Tensor mse(Tensor a, Tensor b) { return record(ElementwiseMean<SquaredDifference>(), {a, b})[0]; }

/// y = average((x - target)^2).  in: x.  out: y [1, 1, 1, 1].
inline Tensor mse_to(Tensor x, double target) { return record(ElementwiseMean<SquaredDifference>(target), {x})[0]; }

}  // namespace tuna
