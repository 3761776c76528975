// The limits of a device by measurement.
#pragma once

#include <optional>

#include "engine/compile/machine_limits.h"

namespace tuna {

/// Takes about half a second.  Flops: of the largest product of matrices, on the CPU of such that fit the first cache.
/// Bytes: read and written by a pointwise op on arrays larger than caches.  None for ref and emulated, which are slow
/// on purpose.
std::optional<MachineLimits> measured_limits(const Target& target);

}  // namespace tuna
