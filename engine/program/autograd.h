// Gradients are more steps of the same program, recorded by walking it backwards.
#pragma once

#include "engine/program/program.h"

namespace tuna {

/// Vector-Jacobian product: the gradient of sum(outputs * seeds) with respect to each of `wrt`.  Walks only what lies
/// between; what is not listed is frozen.  The result is empty where nothing flows.
Tensors gradients(const Tensors& outputs, const Tensors& seeds, const Tensors& wrt);

/// The gradient of a scalar.
Tensors gradients(Tensor loss, const Tensors& wrt);

/// The same value, through which no gradient flows.  Costs nothing.
Tensor stop_gradient(Tensor x);

}  // namespace tuna
