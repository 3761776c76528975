#include "engine/base/cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <initializer_list>

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

// Whether the first processor of /proc/cpuinfo has them all; the kernel lists only what it supports itself.
bool has(std::initializer_list<const char*> flags) {
  const std::string all = " " + cpuinfo("flags") + " ";
  return std::all_of(flags.begin(), flags.end(),
                     [&](const char* flag) { return all.find(" " + std::string(flag) + " ") != all.npos; });
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
  std::vector<std::string> found;
  for (const auto& [flag, name] : {std::pair("avx2", "AVX2"), {"avx512f", "AVX-512"}, {"amx_tile", "AMX"}})
    if (has({flag})) found.push_back(name);
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

InstructionSet largest_instruction_set() {
  // What x86-64-v3 and v4 add to what every x86-64 with AVX has.
  if (!has({"avx2", "fma", "bmi1", "bmi2", "f16c", "abm", "movbe"})) return InstructionSet::base;
  return has({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}) ? InstructionSet::avx512
                                                                          : InstructionSet::avx2;
}

InstructionSet usable_instruction_set() { return std::min(largest_instruction_set(), allowed_instruction_set()); }

}  // namespace tuna
