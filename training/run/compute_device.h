// The device and precision of a run.
#pragma once

#include "training/spec/spec.h"

namespace tuna {

/// Throws Error if the spec's device or precision is not available.
Target target_of(const Spec& spec);

/// The same on another device in another precision.  Throws Error if the device does not support the precision.
Target target_of(const Spec& spec, const Device& device, Precision precision);

/// What the bits of a step depend on in addition to the spec: the device, its instruction sets and threads, and the
/// build.
std::string computed_by(const Device& device);

/// " (no GPU: this machine has no NVIDIA driver)" if auto became the CPU; else empty.
std::string why_no_gpu(const Spec& spec, const Device& device);

}  // namespace tuna
