// The host as a device, for backends ref and cpu: work is done immediately, in ordinary memory.
#pragma once

#include "engine/runtime/runtime.h"

namespace tuna {

Runtime& host_runtime();

}  // namespace tuna
