// The parameters of one convolution, the same for all three directions.
#pragma once

#include <algorithm>

#include "engine/program/kernel.h"

namespace tuna {

struct Convolution {
  int stride = 1, padding = 0;  // in pixels; the padding is zeros

  bool operator==(const Convolution&) const = default;
};

struct ConvProblem {
  int64_t samples, height, width, channels;     // of x
  int64_t out_height, out_width, out_channels;  // of y
  int64_t kernel_height, kernel_width;
  int stride, padding;
  DType dtype = DType::f32;  // of x and y, or their gradients
  bool bias = false;         // whether forward adds one

  Shape x() const { return {samples, height, width, channels}; }
  Shape weight() const { return {out_channels, kernel_height, kernel_width, channels}; }
  Shape of_bias() const { return {1, 1, 1, out_channels}; }
  Shape y() const { return {samples, out_height, out_width, out_channels}; }

  double flops() const {
    return 2.0 * double(samples * out_height * out_width * out_channels)
           * double(kernel_height * kernel_width * channels);
  }

  /// The name in error messages.
  std::string name() const {
    return fmt::format("{} with {}x{} kernel, {} output channels, stride {}, padding {}{}", to_string(x()),
                       kernel_height, kernel_width, out_channels, stride, padding, bias ? ", bias" : "");
  }
};

inline ConvProblem conv_problem(const Shape& x, const Shape& weight, const Shape& y, Convolution convolution) {
  return {x.n, x.h, x.w, x.c, y.h, y.w, y.c, weight.h, weight.w, convolution.stride, convolution.padding};
}

enum class ConvDirection : uint8_t { forward, backward_data, backward_weight };

inline const char* to_string(ConvDirection direction) {
  return direction == ConvDirection::forward         ? "convolution"
         : direction == ConvDirection::backward_data ? "backward data"
                                                     : "backward weights";
}

/// The memory of x, weight and y in one direction, each the tensor or its gradient.
struct ConvMemory {
  void *x, *weight, *y;
};

inline ConvMemory conv_memory(ConvDirection direction, const Args& args) {
  void *first = args.in[0].memory, *second = args.in[1].memory, *out = args.out[0].memory;
  switch (direction) {
    case ConvDirection::forward:
      return {first, second, out};
    case ConvDirection::backward_data:
      return {out, second, first};
    default:
      return {first, out, second};
  }
}

/// Along one axis: the outputs for which a tap of the kernel lies inside the input, and the first input that it reads.
struct TapRange {
  int64_t begin, end;  // outputs
  int64_t first;       // input of output `begin`
};

inline TapRange tap_range(int64_t tap, int64_t in, int64_t out, int stride, int padding) {
  const int64_t offset = tap - padding;  // output i reads i * stride + offset
  const int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t end = in - 1 - offset < 0 ? 0 : std::min(out, (in - 1 - offset) / stride + 1);
  return {begin, std::max(begin, end), begin * stride + offset};
}

}  // namespace tuna
