// The memory of the emulated device.  Its pages are inaccessible but while a program runs on it or one of the runtime's
// copies works: host code that follows an address instead of copying crashes in tests without a GPU, too.
#pragma once

#include "engine/runtime.h"

namespace tuna {

Runtime& emulated_runtime();

}  // namespace tuna
