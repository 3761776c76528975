// Devices by the names that specs and commands give them.
#pragma once

#include <string>

#include "engine/runtime/device.h"

namespace tuna {

/// "auto": the first GPU that works, else the cpu; "cpu"; "emulated"; "cuda", which is "cuda:0"; "cuda:1" and so on.
/// Throws Error if the name is something else, or a GPU that cannot be used.
Device find_device(const std::string& name);
bool is_device_name(const std::string& name);

std::string describe(const Device& device);  // "cpu, 8 threads", "cuda:0, NVIDIA H200, 139.80 GiB"

}  // namespace tuna
