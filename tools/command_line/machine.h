// The build and the machine, as `tuna info` prints them and benchmarks store them with their results.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/runtime/device.h"

namespace tuna {

/// Version, build, compiler, flags, processor, threads, libraries, driver, GPUs.
nlohmann::ordered_json machine();

/// Name, driver, clocks and power limit of a GPU; "none" and "unknown" for another device.
nlohmann::ordered_json gpu_settings(const Device& device);

}  // namespace tuna
