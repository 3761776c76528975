// cuDNN's instance norm, which `tuna bench` compares with ours.
#pragma once

#include <string>

#include "engine/runtime/device.h"
#include "kernels/norm/instance_norm.h"

namespace tuna {

/// InstanceNorm, on backend cuda by cuDNN, which also multiplies by 1 and adds 0: its norms have affine parameters.
struct InstanceNormByCudnn final : InstanceNorm {
  using InstanceNorm::InstanceNorm;
  std::string_view name() const override { return "instance_norm_by_cudnn"; }
  bool operator==(const InstanceNormByCudnn&) const = default;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return -1; }
};

struct InstanceNormBackwardByCudnn final : InstanceNormBackward {
  std::string_view name() const override { return "instance_norm_backward_by_cudnn"; }
  int overwrites(int) const override { return -1; }
};

/// Whether cuDNN supports the norm of such an input, and its gradient, on a GPU.  `gpu`: cuDNN's JSON description of a
/// GPU that need not be present, used instead of the device; then the result is only whether cuDNN offers engines.
bool cudnn_offers_instance_norm(const Type& x, const Device& device, const std::string& gpu = "");

}  // namespace tuna
