// Running statistics that a step leaves behind only where all of it was finite.
#pragma once

#include <string>
#include <vector>

#include "engine/program/program.h"

namespace tuna {

/// Undoes what this program has stored in the networks' buffers where a step is not finite: where one of the flags
/// (i32 [1, 1, 1, 1], AdamOptimizer::step's) is 0, or a number that a buffer would hold is not finite, all of them keep
/// what they held before.  Record it last.
void keep_buffers_unless_finite(Program& program, const std::vector<std::string>& nets, Tensors flags);

}  // namespace tuna
