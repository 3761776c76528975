// Bilinear interpolation between image sizes, inside the graph: it resizes the generator's image to the size of the
// classifier, with a gradient for every pixel.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y at pixel i of a row or column is x at (i + 1/2) * H / height - 1/2, kept within 0 ... H - 1 and interpolated
/// linearly.  As torch.nn.functional.interpolate(mode="bilinear", align_corners=False, antialias=False).
/// in: x [N, H, W, C].  out: y [N, height, width, C].
struct ResizeBilinear final : Op {
  int64_t height, width;

  ResizeBilinear(int64_t height, int64_t width) : height(height), width(width) {}
  std::string_view name() const override { return "resize_bilinear"; }
  bool operator==(const ResizeBilinear&) const = default;
  Types infer(const Types& in) const override;
  // Four products and their sum.
  double flops(const Types&, const Types& out) const override { return 7 * elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// in: dy [N, H', W', C].  out: dx [N, height, width, C], where each pixel gathers what was interpolated from it.
struct ResizeBilinearBackward final : Op {
  int64_t height, width;

  ResizeBilinearBackward(int64_t height, int64_t width) : height(height), width(width) {}
  std::string_view name() const override { return "resize_bilinear_backward"; }
  bool operator==(const ResizeBilinearBackward&) const = default;
  Types infer(const Types& in) const override;
  // Four products, added to four pixels.
  double flops(const Types& in, const Types&) const override { return 8 * elements(in[0]); }
};

inline Tensor resize_bilinear(Tensor x, int64_t height, int64_t width) {
  const bool same = x.shape().h == height && x.shape().w == width;
  return same ? x : record(ResizeBilinear(height, width), {x})[0];
}

}  // namespace tuna
