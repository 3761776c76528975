#include "engine/runtime/find_device.h"

#include <optional>
#include <regex>

#include "engine/base/check.h"
#include "engine/base/human_bytes.h"
#include "engine/runtime/cuda_runtime.h"

namespace tuna {
namespace {

// The N of cuda:N; 0 of "cuda".
std::optional<int> gpu_index(const std::string& name) {
  static const std::regex pattern("cuda(:([0-9]{1,3}))?");
  std::smatch match;
  if (!std::regex_match(name, match, pattern)) return std::nullopt;
  return match[2].matched ? std::stoi(match[2]) : 0;
}

}  // namespace

bool is_device_name(const std::string& name) {
  return name == "auto" || name == "cpu" || name == "emulated" || gpu_index(name);
}

Device find_device(const std::string& name) {
  check(is_device_name(name), "device: '{}' is not auto, cpu, emulated, cuda or cuda:N", name);
  if (const auto index = gpu_index(name)) {
    const std::string reason = gpu_unsupported_reason(*index);
    check(reason.empty(), "device: {} cannot be used: {}; use auto or cpu", name, reason);
    return Device::cuda(*index);
  }
  if (name == "auto")
    for (int index = 0; index < int(cuda_survey().gpus.size()); ++index)
      if (gpu_unsupported_reason(index).empty()) return Device::cuda(index);
  return name == "emulated" ? Device::emulated() : Device::cpu();
}

std::string describe(const Device& device) {
  if (device.backend != Backend::cuda)
    return fmt::format("{}, {} thread{}", to_string(device), device.threads, device.threads == 1 ? "" : "s");
  const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
  return fmt::format("{}, {}, {}", to_string(device), gpu.name, human_bytes(gpu.bytes));
}

}  // namespace tuna
