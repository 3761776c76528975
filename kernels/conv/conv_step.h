// Conversion between a step of a program and a convolution problem.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/program/program.h"
#include "kernels/conv/conv_problem.h"

namespace tuna {

struct ConvStep {
  ConvDirection direction;
  ConvProblem problem;

  /// The op of this step, and the types of its inputs and its output.
  std::shared_ptr<const Op> op() const;
  Types in() const;
  Type out() const;
};

/// Empty if the op is not a convolution.
std::optional<ConvStep> conv_step(const Op& op, const Types& in, const Types& out);

/// The convolutions of a program, from step `first` on.
std::vector<ConvStep> convolutions_of(const Program& program, size_t first = 0);

}  // namespace tuna
