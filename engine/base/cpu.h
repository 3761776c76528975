// Describes the processor, for reports of measurements.
#pragma once

#include <string>
#include <vector>

namespace tuna {

std::string cpu_model();                      // "Intel(R) Xeon(R) Gold 6248", or "unknown"
std::vector<std::string> instruction_sets();  // the supported ones of AVX2, AVX-512, AMX
std::string cpu_description();                // both: "..., AVX2 AVX-512"

}  // namespace tuna
