// Where a run computes.
#pragma once

#include "training/spec/spec.h"

namespace tuna {

/// Throws Error where the spec's device, or its precision, cannot be had.
Target target_of(const Spec& spec);

/// " (no GPU: this machine has no NVIDIA driver)" where auto became the cpu; else empty.
std::string why_no_gpu(const Spec& spec, const Device& device);

}  // namespace tuna
