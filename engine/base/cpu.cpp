#include "engine/base/cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "engine/base/check.h"

namespace tuna {
namespace {

// The value of the first line of /proc/cpuinfo that begins with `key`; empty if there is none.
std::string cpuinfo(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (line.compare(0, key.size(), key) == 0 && colon != std::string::npos && colon + 2 < line.size())
      return line.substr(colon + 2);
  }
  return "";
}

InstructionSet largest_instruction_set() {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                      && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
                      && __builtin_cpu_supports("avx512vl");
  if (avx2) return avx512 ? InstructionSet::avx512 : InstructionSet::avx2;
#endif
  return InstructionSet::base;
}

InstructionSet allowed_instruction_set() {
  const char* text = std::getenv("TUNA_MAX_CPU_ISA");
  const std::string most = text ? text : "";
  check(most.empty() || most == "AVX2" || most == "AVX512", "TUNA_MAX_CPU_ISA: expected AVX2 or AVX512, got {}", most);
  return most == "AVX2" ? InstructionSet::avx2 : InstructionSet::avx512;
}

}  // namespace

std::string cpu_model() {
  const std::string name = cpuinfo("model name");
  return name.empty() ? "unknown" : name;
}

std::vector<std::string> instruction_sets() {
  const std::string flags = " " + cpuinfo("flags") + " ";
  std::vector<std::string> found;
  for (const auto& [flag, name] : {std::pair(" avx2 ", "AVX2"), {" avx512f ", "AVX-512"}, {" amx_tile ", "AMX"}})
    if (flags.find(flag) != std::string::npos) found.push_back(name);
  return found;
}

std::string cpu_description() {
  const std::vector<std::string> sets = instruction_sets();
  return sets.empty() ? cpu_model() : fmt::format("{}, {}", cpu_model(), fmt::join(sets, " "));
}

std::string to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::base:
      return "base";
    case InstructionSet::avx2:
      return "AVX2";
    case InstructionSet::avx512:
      return "AVX-512";
  }
  return "?";
}

InstructionSet usable_instruction_set() { return std::min(largest_instruction_set(), allowed_instruction_set()); }

}  // namespace tuna
