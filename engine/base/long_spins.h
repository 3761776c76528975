// How long OpenMP threads spin at a barrier before they sleep.
#pragma once

namespace tuna {

/// A training step has thousands of barriers.  A thread of libgomp that sleeps at one loses its core to any other
/// program that wants it, and gets it back late: next to a program of lower priority a step took twice as long, and
/// next to another training 18 times as long (10000 turns, 0.5 ms).  Threads that spin through all waits of a step
/// (10^7 turns) lose nothing next to the first, and a factor of 4 to 5 next to the second.  libgomp reads the setting
/// only at program start, so this sets it and restarts the program, unless OMP_WAIT_POLICY or GOMP_SPINCOUNT is set
/// already. Must be called first in main().
void restart_with_long_spins(char** arguments);

}  // namespace tuna
