// A window of each image.
#pragma once

#include "engine/program/kernel.h"
#include "engine/program/op.h"

namespace tuna {

/// y(n, i, j) = x(n, top + i, left + j).  in: x [N, H, W, C].  out: y [N, height, width, C].
struct Crop final : Op {
  int64_t top, left, height, width;

  Crop(int64_t top, int64_t left, int64_t height, int64_t width) : top(top), left(left), height(height), width(width) {}
  std::string_view name() const override { return "crop"; }
  bool operator==(const Crop&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  size_t bytes(const Args& args) const override { return 2 * args.out[0].type.bytes(); }  // reads only the window of x
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dx is dy within the window and 0 outside of it.  in: dy.  out: dx [N, height, width, C].
struct CropBackward final : Op {
  int64_t top, left, height, width;

  CropBackward(int64_t top, int64_t left, int64_t height, int64_t width)
      : top(top), left(left), height(height), width(width) {}
  std::string_view name() const override { return "crop_backward"; }
  bool operator==(const CropBackward&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
};

inline Tensor crop(Tensor x, int64_t top, int64_t left, int64_t height, int64_t width) {
  const bool whole = top == 0 && left == 0 && height == x.shape().h && width == x.shape().w;
  return whole ? x : record(Crop(top, left, height, width), {x})[0];
}

}  // namespace tuna
