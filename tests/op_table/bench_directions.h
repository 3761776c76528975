// The two directions of a row of the op table, each as a program of its own.
#pragma once

#include <memory>

#include "tests/op_table/op_checks.h"

namespace tuna {

/// The forward steps alone, with their inputs set.
std::shared_ptr<Executable> forward_alone(const BuildRow& build, DType dtype, const Target& target);

/// The steps of the gradients alone.  Forward values that they read are computed on `forward_target` and are inputs
/// here.
std::shared_ptr<Executable> backward_alone(const BuildRow& build, DType dtype, const Target& target,
                                           const Target& forward_target);

/// Records the gradients of a row; returns whether they compute anything: the gradient of a sum is the incoming one.
bool record_backward(Program& program, const Draw& draw, const Tensors& outputs);

}  // namespace tuna
