#include "engine/runtime/target.h"

#include "engine/runtime/cuda_runtime.h"

namespace tuna {

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

std::string unsupported_reason(const Device& device, Precision precision) {
  if (device.backend == Backend::cpu && precision != Precision::fp32)
    return fmt::format("the cpu computes in fp32 only, not {}; a GPU supports others", to_string(precision));
  if (device.backend != Backend::cuda || precision == Precision::fp32 || precision == Precision::fp16) return "";
  const Gpu gpu = cuda_survey().gpus.at(size_t(device.index));
  if (gpu.major >= 8) return "";
  return fmt::format("{} needs a GPU of compute capability 8.0 or more; {} has {}.{}, which supports fp16 and fp32",
                     to_string(precision), gpu.name, gpu.major, gpu.minor);
}

Target::Target(const Device& device, Precision precision) : device(device), precision(precision) {
  const std::string reason = unsupported_reason(device, precision);
  check(reason.empty(), "precision: {}", reason);
}

}  // namespace tuna
