// How fast a device copies memory, by measurement.
#pragma once

#include <cstddef>

#include "engine/runtime/device.h"

namespace tuna {

/// Bytes per second, those read and those written together.
struct CopyRates {
  double memcpy, kernel;  // by the device's own copy; by an op that multiplies by 1
};

/// Copies so many bytes, back to back.
CopyRates measured_copy(const Device& device, size_t bytes);

}  // namespace tuna
