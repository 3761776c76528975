// The gate of an optimizer on the device, where its flag is read without waiting for the host.
#pragma once

#include "kernels/device/device.h"

namespace tuna::BACKEND {

/// Runs as one thread.
KERNEL gate(const int* go, const float* x, float threshold, int* y) { *y = *x > threshold ? *go : 0; }

}  // namespace tuna::BACKEND
