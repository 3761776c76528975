#include "engine/base/cpu.h"

#include <fmt/format.h>

#include <fstream>

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

}  // namespace tuna
