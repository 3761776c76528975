// Conversion between f32 and the reduced-precision types of activations: images, the last layers and the losses are
// f32.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// x itself if it is of that type.
Tensor cast(Tensor x, DType to);

/// y = x, rounded to the nearest.  in: x, f32 or reduced-precision.  out: y like x, of the type that the op names.
struct Cast final : Op {
  DType to;

  explicit Cast(DType to) : to(to) {}
  std::string_view name() const override { return "cast"; }
  bool operator==(const Cast&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors&, const Tensors& dout) const override;
  bool is_recomputed(size_t) const override { return !is_reduced_precision(to); }  // the input has half the bytes
  Tensor recompute(size_t, const Tensors& in, const Tensors&) const override { return cast(in[0], to); }
};

/// x in the type in which its program stores activations.
Tensor to_activation(Tensor x);

/// x in its accumulation type.
Tensor to_accumulation_type(Tensor x);

}  // namespace tuna
