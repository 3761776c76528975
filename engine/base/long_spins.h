// How long OpenMP threads spin at a barrier before they sleep.
#pragma once

namespace tuna {

/// libgomp's threads spin for a millisecond and more at every barrier.  A training step has a thousand of them, and
/// each costs a time slice if another program or the loader's threads use the cores: a step took three to thirty times
/// as long.  Some ten microseconds are enough, and cost nothing on an idle machine.  libgomp reads the setting only at
/// program start, so this sets it and restarts the program, unless OMP_WAIT_POLICY or GOMP_SPINCOUNT is set already.
/// Must be called first in main().
void restart_with_short_spins(char** arguments);

}  // namespace tuna
