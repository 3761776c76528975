// cuDNN's instance norm, for `tuna bench` to set beside ours.
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

/// Whether cuDNN has the norm of such an input, and its gradient, on a GPU.  `gpu`: cuDNN's own description, in JSON,
/// of one that need not be there, in place of the device's; then it is only whether cuDNN takes the question.
bool cudnn_offers_instance_norm(const Type& x, const Device& device, const std::string& gpu = "");

}  // namespace tuna
