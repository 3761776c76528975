// Reads and copies of device memory by the engine's own kernels, to measure with.
#pragma once

#include <functional>

#include "engine/runtime/device.h"

namespace tuna {

/// Queues a kernel that reads memory of its own, of about so many bytes.  Caches are then full of it, and unlike after
/// a memset they need not write it back while the next kernel runs.
std::function<void()> reading_sweep(const Device& device, size_t bytes);

/// Queues a kernel that copies `bytes`, a multiple of 4: the best that an op of the engine can reach, which the copy of
/// a driver may not be.
std::function<void()> copy_by_kernel(const Device& device, void* to, void* from, size_t bytes);

}  // namespace tuna
