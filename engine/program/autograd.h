// Gradients are more steps of the same program, recorded by walking it backwards.
#pragma once

#include "engine/program/program.h"

namespace tuna {

/// Vector-Jacobian product: the gradient of sum(outputs * seeds) with respect to each of `wrt`.  Visits only the steps
/// between `wrt` and `outputs`; everything else is constant.  An entry is empty if no gradient reaches it.
Tensors gradients(const Tensors& outputs, const Tensors& seeds, const Tensors& wrt);

/// The gradient of a scalar.
Tensors gradients(Tensor loss, const Tensors& wrt);

/// The same value, detached: no gradient flows through it.  No step runs for it.
Tensor stop_gradient(Tensor x);

}  // namespace tuna
