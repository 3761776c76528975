// Types of tensors: element type and shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/check.h"

namespace tuna {

enum class DType : uint8_t { f32, f64, i32, f16, bf16 };

std::string to_string(DType dtype);
size_t size_of(DType dtype);
constexpr bool is_real(DType dtype) { return dtype != DType::i32; }

/// Whether the type only stores activations, and nothing is computed in it (engine/base/reduced_precision.h).
constexpr bool is_reduced_precision(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

/// The type of parameters, statistics, sums and losses where activations are `dtype`: f32 for the reduced-precision
/// types, else the same.
constexpr DType accumulation_type(DType dtype) { return is_reduced_precision(dtype) ? DType::f32 : dtype; }

/// NHWC, everywhere and on every backend.  Weights of a convolution [out, in, h, w] in PyTorch are {out, h, w, in}
/// here; a vector of channels is {1, 1, 1, c}, a scalar {1, 1, 1, 1}.
struct Shape {
  int64_t n = 1, h = 1, w = 1, c = 1;

  int64_t count() const { return n * h * w * c; }
  int64_t pixels() const { return h * w; }
  bool operator==(const Shape&) const = default;
};

std::string to_string(const Shape& shape);  // "1x128x128x256"

struct Type {
  DType dtype = DType::f32;
  Shape shape;

  size_t bytes() const { return size_t(shape.count()) * size_of(dtype); }
  bool operator==(const Type&) const = default;
};

std::string to_string(const Type& type);  // "f32 1x128x128x256"
using Types = std::vector<Type>;

/// The number of elements of a tensor, as Op::flops() counts them.
inline double elements(const Type& type) { return double(type.shape.count()); }

/// The floating-point type that an op computes in: that of its first real output, else input; f32 if there is none.
DType real_type(const Types& in, const Types& out);

/// The reduced-precision type among them, or f32 if there is none.
DType stored_type(const Types& in, const Types& out);

}  // namespace tuna

template <>
struct fmt::formatter<tuna::Shape> : fmt::formatter<std::string> {
  auto format(const tuna::Shape& shape, fmt::format_context& context) const {
    return fmt::formatter<std::string>::format(to_string(shape), context);
  }
};

template <>
struct fmt::formatter<tuna::Type> : fmt::formatter<std::string> {
  auto format(const tuna::Type& type, fmt::format_context& context) const {
    return fmt::formatter<std::string>::format(to_string(type), context);
  }
};
