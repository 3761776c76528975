// The limit of the stack (ulimit -s).
#pragma once

namespace tuna {

/// Throws Error if the stack may not grow to 1 MiB: training takes about 128 KiB, and std::regex calls itself for each
/// letter of a name.  Threads have stacks of the same size.
void check_stack_limit();

}  // namespace tuna
