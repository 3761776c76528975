// What kernels are prepared for: a device, its precision, and its choice of algorithms.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/type.h"
#include "engine/runtime/device.h"

namespace tuna {

/// fp32: everything is f32.  tf32: convolutions and linear layers round their factors to 10 bits of mantissa, for a
/// GPU's tensor cores.  bf16, fp16: activations and their gradients are stored in 16 bits, and weights are rounded to
/// them for convolutions; master weights, statistics, losses and the last layers stay fp32, and the last layers
/// multiply as in tf32, which keeps all bits of an activation.
enum class Precision : uint8_t { fp32, tf32, bf16, fp16 };

std::string to_string(Precision precision);

/// The type of activations, as Program takes it.
DType activation_type(Precision precision);

struct ConvChoices;  // kernels/conv/choices.h

struct Target {
  Device device;
  Precision precision = Precision::fp32;
  std::shared_ptr<const ConvChoices> conv_choices;  // of convolutions' algorithms; null: the fixed rule
  bool winograd = true;                             // whether the fixed rule of the cpu includes Winograd's algorithm

  Target() = default;
  Target(const Device& device) : device(device) {}

  /// Throws Error if the device does not support the precision; assigning `precision` does not check it.
  Target(const Device& device, Precision precision);
};

/// Empty if the device supports the precision: the cpu supports only fp32, and bf16 and tf32 need a GPU of compute
/// capability 8.0.
std::string unsupported_reason(const Device& device, Precision precision);
inline bool supports(const Device& device, Precision precision) {
  return unsupported_reason(device, precision).empty();
}

}  // namespace tuna
