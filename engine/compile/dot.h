// A compiled program as a drawing.
#pragma once

#include <string>

#include "engine/compile/executable.h"

namespace tuna {

/// A drawing in Graphviz's DOT, small enough to be laid out in seconds.  Each call of a network is a cluster with a box
/// for each of its modules; a backward pass through a network is one box, and so are the updates of an optimizer.  An
/// edge goes from the box that writes a value to one that reads it.
std::string to_dot(const Executable& executable);

}  // namespace tuna
