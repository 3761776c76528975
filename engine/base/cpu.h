// The processor: its description, for reports of measurements, and its instruction sets.
#pragma once

#include <string>
#include <vector>

namespace tuna {

std::string cpu_model();                      // "Intel(R) Xeon(R) Gold 6248", or "unknown"
std::vector<std::string> instruction_sets();  // the supported ones of AVX2, AVX-512, AMX
std::string cpu_description();                // both: "..., AVX2 AVX-512"

/// The instruction sets that kernels are compiled for, each of which includes those before it: what every processor of
/// this architecture has, x86-64-v3 and x86-64-v4.
enum class InstructionSet { base, avx2, avx512 };

std::string to_string(InstructionSet set);  // "AVX-512"

/// The last that this processor has; and that the environment's TUNA_MAX_CPU_ISA (AVX2 or AVX512) allows, too.
InstructionSet largest_instruction_set();
InstructionSet usable_instruction_set();

}  // namespace tuna
