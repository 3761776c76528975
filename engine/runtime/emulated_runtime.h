// The emulated device.  The pages of its memory are accessible only while a program runs on it or the runtime copies:
// host code that dereferences an address instead of copying crashes in tests without a GPU, too.
#pragma once

#include "engine/runtime/runtime.h"

namespace tuna {

Runtime& emulated_runtime();

/// On: work is postponed as long as the interface allows.  Nothing runs and nothing is copied before the host waits for
/// it, and work that does not wait for an event runs before the uploads.  Off: everything is done when it is queued.
void be_late(bool late);

/// How many copies between host and device were queued since the program began.
size_t host_copies();

}  // namespace tuna
