// Running statistics, which a step updates only if all of it is finite.
#pragma once

#include <string>
#include <vector>

#include "engine/program/program.h"

namespace tuna {

/// Leaves the networks' buffers unchanged if a step is not finite: if one of the flags (i32 [1, 1, 1, 1],
/// AdamOptimizer::step's) is 0, or a new value of a buffer is not finite, all of them keep their previous values.
/// Must be recorded last.
void keep_buffers_unless_finite(Program& program, const std::vector<std::string>& nets, Tensors flags);

}  // namespace tuna
