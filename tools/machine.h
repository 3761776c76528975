// The build and the machine that figures come from: what `tuna info` prints and benchmarks write beside their figures.
#pragma once

#include <nlohmann/json.hpp>

namespace tuna {

/// Version, build, compiler, flags, processor, threads, libraries, driver, GPUs.
nlohmann::ordered_json machine();

}  // namespace tuna
