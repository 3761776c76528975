// The build and the machine that figures come from: what `tuna info` prints and benchmarks write beside their figures.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime/device.h"

namespace tuna {

/// Version, build, compiler, flags, processor, threads, libraries, driver, GPUs.
nlohmann::ordered_json machine();

/// A GPU that figures come from: its name, driver, clocks and limit of power; "none" and "unknown" of another device.
nlohmann::ordered_json gpu_settings(const Device& device);

}  // namespace tuna
