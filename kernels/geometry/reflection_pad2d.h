// Padding by reflection, which the generator uses instead of zeros so that its images have no frame.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y(n, i, j) = x(n, r(i - padding, H), r(j - padding, W)), with r(-k, L) = k and r(L - 1 + k, L) = L - 1 - k: the edge
/// itself is not repeated.  Needs padding < H and padding < W.
/// in: x [N, H, W, C].  out: y [N, H + 2 padding, W + 2 padding, C].
struct ReflectionPad2d final : Op {
  int64_t padding;

  explicit ReflectionPad2d(int64_t padding) : padding(padding) {}
  std::string_view name() const override { return "reflection_pad2d"; }
  bool operator==(const ReflectionPad2d&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// Each pixel of dx is the sum of those of dy that were read from it: one to nine.
/// in: dy [N, H + 2 padding, W + 2 padding, C].  out: dx [N, H, W, C].
struct ReflectionPad2dBackward final : Op {
  int64_t padding;

  explicit ReflectionPad2dBackward(int64_t padding) : padding(padding) {}
  std::string_view name() const override { return "reflection_pad2d_backward"; }
  bool operator==(const ReflectionPad2dBackward&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override { return elements(in[0]) - elements(out[0]); }
};

inline Tensor reflection_pad2d(Tensor x, int64_t padding) {
  return padding == 0 ? x : record(ReflectionPad2d(padding), {x})[0];
}

}  // namespace tuna
