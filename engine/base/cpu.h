// The processor that figures were measured on.
#pragma once

#include <string>
#include <vector>

namespace tuna {

std::string cpu_model();                      // "Intel(R) Xeon(R) Gold 6248", or "unknown"
std::vector<std::string> instruction_sets();  // those of AVX2, AVX-512, AMX that it has
std::string cpu_description();                // both: "..., AVX2 AVX-512"

}  // namespace tuna
