// How long threads wait for each other before they sleep.
#pragma once

namespace tuna {

/// libgomp's threads spin for a millisecond and more at every barrier.  A training step has a thousand of them, and
/// beside another program or the loader's threads each costs a time slice: a step took three times as long, and up to
/// thirty. Some ten microseconds are enough, and cost nothing where the machine is idle.  libgomp reads the setting
/// only when the program starts, so this sets it and starts the program again, unless OMP_WAIT_POLICY or GOMP_SPINCOUNT
/// is set already. To be called first in main().
void restart_with_short_spins(char** arguments);

}  // namespace tuna
