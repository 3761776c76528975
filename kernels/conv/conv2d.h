// Convolution and its two gradients.  The three ops are closed under differentiation, and a transposed convolution is
// the gradient of a convolution with respect to its input, so no other convolution op is needed.
//
// If x, y and their gradients are of a reduced-precision type, weights and biases are f32.  Weights are rounded to that
// type before they are multiplied, their gradient after it has been summed, and on cuda y before the bias is added,
// because the libraries support nothing else.
#pragma once

#include "engine/program/op.h"
#include "kernels/conv/conv_problem.h"

namespace tuna {

/// y[n, i, j, o] = bias[o] + sum over u, v, c of x[n, i * stride + u - padding, j * stride + v - padding, c] *
/// weight[o, u, v, c].  in: x [N, H, W, C], weight [O, KH, KW, C], bias [1, 1, 1, O] or none.  out: y [N, OH, OW, O].
struct Conv2d final : Op, Convolution {
  explicit Conv2d(Convolution convolution) : Convolution(convolution) {}
  std::string_view name() const override { return "conv2d"; }
  bool operator==(const Conv2d&) const = default;
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  double flops(const Types& in, const Types& out) const override;
  bool rounds(int in) const override { return in == 1; }
};

/// The gradient with respect to x, which has height x width pixels.
/// in: dy [N, OH, OW, O], weight [O, KH, KW, C].  out: dx [N, height, width, C].
struct Conv2dBackwardData final : Op, Convolution {
  int64_t height, width;

  Conv2dBackwardData(Convolution convolution, int64_t height, int64_t width)
      : Convolution(convolution), height(height), width(width) {}
  std::string_view name() const override { return "conv2d_backward_data"; }
  bool operator==(const Conv2dBackwardData&) const = default;
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  double flops(const Types& in, const Types& out) const override;
  bool rounds(int in) const override { return in == 1; }
};

/// The gradient with respect to the weight, whose kernel is kernel_height x kernel_width.
/// in: x [N, H, W, C], dy [N, OH, OW, O].  out: dweight [O, KH, KW, C], of the same type.
struct Conv2dBackwardWeight final : Op, Convolution {
  int64_t kernel_height, kernel_width;

  Conv2dBackwardWeight(Convolution convolution, int64_t kernel_height, int64_t kernel_width)
      : Convolution(convolution), kernel_height(kernel_height), kernel_width(kernel_width) {}
  std::string_view name() const override { return "conv2d_backward_weight"; }
  bool operator==(const Conv2dBackwardWeight&) const = default;
  Types infer(const Types& in) const override;
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  double flops(const Types& in, const Types& out) const override;
};

/// Adds a bias to every pixel.  in: x [N, H, W, C], bias [1, 1, 1, C].  out: y like x.
struct AddBias final : Op {
  std::string_view name() const override { return "add_bias"; }
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types& out) const override { return elements(out[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  int overwrites(int) const override { return 0; }
};

/// The gradient of a bias: the sum over samples and pixels.  in: dy [N, H, W, C].  out: [1, 1, 1, C].
struct SumPixels final : Op {
  std::string_view name() const override { return "sum_pixels"; }
  Types infer(const Types& in) const override { return {{accumulation_type(in[0].dtype), {1, 1, 1, in[0].shape.c}}}; }
  double flops(const Types& in, const Types&) const override { return elements(in[0]); }
};

Tensor conv2d(Tensor x, Tensor weight, Convolution convolution);
Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Convolution convolution);

/// Transposed convolution as in PyTorch: (H - 1) * stride - 2 * padding + K + output_padding pixels a side.
/// x [N, H, W, C], weight [C, KH, KW, O] -> [N, OH, OW, O].
Tensor conv_transpose2d(Tensor x, Tensor weight, Convolution convolution, int output_padding = 0);

Tensor add_bias(Tensor x, Tensor bias);

}  // namespace tuna
