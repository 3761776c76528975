// The host as a device, of backends ref and cpu: everything is done at once, in ordinary memory.
#pragma once

#include "engine/runtime/runtime.h"

namespace tuna {

Runtime& host_runtime();

}  // namespace tuna
