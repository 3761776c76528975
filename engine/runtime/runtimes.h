// The runtime of each device.
#pragma once

#include "engine/runtime/runtime.h"

namespace tuna {

/// Lives as long as the process.  Throws Error if this build or machine has no such device.
Runtime& runtime(const Device& device);

/// Whether both devices use the same memory, by the same addresses.
inline bool same_memory(const Device& a, const Device& b) { return &runtime(a) == &runtime(b); }

/// Synchronous copies, from and to any memory of the host.
void copy_to_device(const Device& device, void* to, const void* from, size_t bytes);
void copy_to_host(const Device& device, void* to, const void* from, size_t bytes);

}  // namespace tuna
