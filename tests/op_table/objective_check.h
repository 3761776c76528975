// The gradient of the whole objective: Eq. 6 of a tiny TUNA-Net, with respect to every parameter that it trains.
#pragma once

#include "tests/op_table/op_checks.h"

namespace tuna {

/// Networks have many kinks, so the step is small, and only a handful of elements is checked per parameter.
GradientCheckOptions objective_check_options();

/// One report per parameter tensor of generators and classifiers, named as in files; batch norm is frozen.  Central
/// differences of f64 values on `ref`; where h and h/2 disagree, as at a kink (of ReLU, of L1), another element is
/// drawn.  Throws Error if a parameter has almost only kinks.
std::vector<GradientReport> check_objective_gradients(const GradientCheckOptions& options = objective_check_options());

}  // namespace tuna
