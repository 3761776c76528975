#include "training/run/compute_device.h"

#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/find_device.h"

namespace tuna {

std::string why_no_gpu(const Spec& spec, const Device& device) {
  const bool no_gpu = spec.device == "auto" && device.backend == Backend::cpu;
  return no_gpu ? " (no GPU: " + gpu_unsupported_reason(0) + ")" : "";
}

Target target_of(const Spec& spec) {
  const Device found = find_device(spec.device);
  const std::string reason = unsupported_reason(found, spec.precision);
  check(reason.empty(), "precision: {}{}", reason, why_no_gpu(spec, found));
  return target_of(spec, found, spec.precision);
}

Target target_of(const Spec& spec, const Device& device, Precision precision) {
  Target target(device, precision);
  target.winograd = spec.conv.winograd;
  return target;
}

}  // namespace tuna
