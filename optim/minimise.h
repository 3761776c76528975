// One training step on a loss: gradients, loss scale, updates.
#pragma once

#include <string>
#include <vector>

#include "optim/adam.h"

namespace tuna {

/// Records an update of each optimizer by its part of one gradient of `loss`, a scalar; the loss is scaled in f16
/// (optim/loss_scale.h, `name`).  Returns what the optimizers' step() returns, in their order.
Tensors minimise(Tensor loss, const std::string& name, const std::vector<AdamOptimizer*>& optimizers);

}  // namespace tuna
