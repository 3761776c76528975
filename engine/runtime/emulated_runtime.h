// The emulated device.  The pages of its memory are inaccessible but while a program runs on it or one of the runtime's
// copies works: host code that follows an address instead of copying crashes in tests without a GPU, too.
#pragma once

#include "engine/runtime/runtime.h"

namespace tuna {

Runtime& emulated_runtime();

/// From here on the device is as late as it may be: nothing runs, and nothing is copied, before somebody waits for it;
/// and then all that is not held by a mark goes before the uploads.  Off: everything is done when it is queued.
void be_late(bool late);

}  // namespace tuna
