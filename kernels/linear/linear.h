// A fully connected layer: a convolution of 1 x 1 pixels.
#pragma once

#include "kernels/conv/conv2d.h"

namespace tuna {

/// y = x * weight^T + bias.  x [N, 1, 1, C], weight [O, 1, 1, C], bias [1, 1, 1, O] -> [N, 1, 1, O].
inline Tensor linear(Tensor x, Tensor weight, Tensor bias) {
  check(x.shape().pixels() == 1, "linear: x must be [N, 1, 1, C], got {}", x.shape());
  return conv2d(x, weight, bias, {});
}

}  // namespace tuna
