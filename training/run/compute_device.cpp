#include "training/run/compute_device.h"

#include "engine/runtime/cuda_runtime.h"

namespace tuna {

std::string why_no_gpu(const Spec& spec, const Device& device) {
  const bool no_gpu = spec.device == "auto" && device.backend == Backend::cpu;
  return no_gpu ? " (no GPU: " + trouble_with_gpu(0) + ")" : "";
}

Device device_of(const Spec& spec) {
  const Device found = Device::by_name(spec.device);
  const std::string trouble = found.trouble_with(spec.precision);
  check(trouble.empty(), "precision: {}{}", trouble, why_no_gpu(spec, found));
  return found.with(spec.precision);
}

}  // namespace tuna
