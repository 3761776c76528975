#include "training/run/compute_device.h"

#include "engine/base/build_info.h"
#include "engine/base/cpu.h"
#include "engine/runtime/cuda_runtime.h"
#include "engine/runtime/find_device.h"
#include "kernels/conv/cpu_kernels.h"

namespace tuna {

std::string computed_by(const Device& device) {
  std::string processor;
  if (device.backend == Backend::cpu)
    processor =
        fmt::format(", {}, convolutions for {}", cpu_description(), to_string(cpu_conv_kernels().instruction_set));
  return fmt::format("{}{}, tuna {}", describe(device), processor, build_id());
}

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
