// The two directions of a row of the op table, each as a program of its own.
#pragma once

#include <memory>

#include "tests/op_table/op_checks.h"

namespace tuna {

/// The forward steps alone, with their inputs set.
std::shared_ptr<Executable> forward_alone(const BuildRow& build, DType dtype, const Target& target);

/// The steps of the gradients alone.  What the forward steps leave behind for them is computed on `forward_target` and
/// is an input here.
std::shared_ptr<Executable> backward_alone(const BuildRow& build, DType dtype, const Target& target,
                                           const Target& forward_target);

/// Whether gradients of a recorded row compute anything: that of a sum is the one that comes in.  Records them.
bool record_backward(Program& program, const Draw& draw, const Tensors& outputs);

}  // namespace tuna
