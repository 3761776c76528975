// How long OpenMP threads spin at a barrier before they sleep.
#pragma once

namespace tuna {

/// A training step has thousands of barriers.  A thread of libgomp that sleeps at one loses its core to any other
/// program that wants it, and gets it back late: with 10000 turns, which are 0.5 ms, a step of 64-ngf64 took 2.3 times
/// as long next to a program of lower priority, and one of 64-ngf16 18 times as long next to another training.  With
/// 10^7 turns threads spin through all waits of a step: 1.1 and 5 times (docs/performance.md).  libgomp reads the
/// setting only at program start, so this sets it and restarts the program, unless OMP_WAIT_POLICY or GOMP_SPINCOUNT is
/// set already. Must be called first in main().
void restart_with_long_spins(char** arguments);

}  // namespace tuna
