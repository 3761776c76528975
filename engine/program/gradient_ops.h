// The two ops that gradients() itself records.  They are defined with their kernels, in kernels/pointwise.
#pragma once

#include "engine/program/tensor.h"

namespace tuna {

/// Of two tensors of one type.
Tensor operator+(Tensor a, Tensor b);

/// A tensor whose elements are all `value`.
Tensor fill(Program& program, Type type, double value);

}  // namespace tuna
