#include "engine/runtime/device.h"

#include <omp.h>
#include <xmmintrin.h>

#include <optional>
#include <regex>

#include "engine/base/check.h"
#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/memory.h"

namespace tuna {

std::string to_string(Backend backend) {
  switch (backend) {
    case Backend::ref:
      return "ref";
    case Backend::cpu:
      return "cpu";
    case Backend::emulated:
      return "emulated";
    case Backend::cuda:
      return "cuda";
  }
  return "unknown";
}

std::string to_string(const Device& device) {
  return device.backend == Backend::cuda ? fmt::format("cuda:{}", device.index) : to_string(device.backend);
}

Device Device::cpu() {
  constexpr unsigned kDenormalsAreZero = 0x0040;
#pragma omp parallel
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
  return {Backend::cpu, omp_get_max_threads()};
}

std::string to_string(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return "fp32";
    case Precision::tf32:
      return "tf32";
    case Precision::bf16:
      return "bf16";
    case Precision::fp16:
      return "fp16";
  }
  return "unknown";
}

DType activation_type(Precision precision) {
  return precision == Precision::bf16 ? DType::bf16 : precision == Precision::fp16 ? DType::f16 : DType::f32;
}

std::string Device::trouble_with(Precision wanted) const {
  if (backend == Backend::cpu && wanted != Precision::fp32)
    return fmt::format("the cpu computes in fp32 only, not {}; a GPU has others", to_string(wanted));
  if (backend != Backend::cuda || wanted == Precision::fp32 || wanted == Precision::fp16) return "";
  const Gpu gpu = cuda_survey().gpus.at(size_t(index));
  if (gpu.major >= 8) return "";
  return fmt::format("{} needs a GPU of compute capability 8.0 or more; {} has {}.{}, for fp16 and fp32",
                     to_string(wanted), gpu.name, gpu.major, gpu.minor);
}

Device Device::with(Precision wanted) const {
  const std::string trouble = trouble_with(wanted);
  check(trouble.empty(), "precision: {}", trouble);
  Device device = *this;
  device.precision = wanted;
  return device;
}

namespace {

// The N of cuda:N; 0 of "cuda".
std::optional<int> gpu_index(const std::string& name) {
  static const std::regex pattern("cuda(:([0-9]{1,3}))?");
  std::smatch match;
  if (!std::regex_match(name, match, pattern)) return std::nullopt;
  return match[2].matched ? std::stoi(match[2]) : 0;
}

}  // namespace

bool Device::is_name(const std::string& name) {
  return name == "auto" || name == "cpu" || name == "emulated" || gpu_index(name);
}

Device Device::by_name(const std::string& name) {
  check(is_name(name), "device: '{}' is not auto, cpu, emulated, cuda or cuda:N", name);
  if (const auto index = gpu_index(name)) {
    const std::string trouble = trouble_with_gpu(*index);
    check(trouble.empty(), "device: {} cannot be used: {}; auto and cpu can", name, trouble);
    return cuda(*index);
  }
  if (name == "auto")
    for (int index = 0; index < int(cuda_survey().gpus.size()); ++index)
      if (trouble_with_gpu(index).empty()) return cuda(index);
  return name == "emulated" ? emulated() : cpu();
}

std::string describe(const Device& device) {
  if (device.backend != Backend::cuda)
    return fmt::format("{}, {} thread{}", to_string(device), device.threads, device.threads == 1 ? "" : "s");
  const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
  return fmt::format("{}, {}, {}", to_string(device), gpu.name, human_bytes(gpu.bytes));
}

}  // namespace tuna
