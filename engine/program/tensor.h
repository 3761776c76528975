// What flows through a program: a Tensor is a handle to a value that a Program will compute; it holds no data itself.
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

/// Whether activations may be stored in it, but nothing is computed in it (engine/base/reduced_precision.h).
constexpr bool is_short(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

/// What parameters, statistics, sums and losses are kept in where activations are `dtype`: f32 for the short types,
/// else the same.
constexpr DType wide(DType dtype) { return is_short(dtype) ? DType::f32 : dtype; }

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

class Program;

struct Tensor {
  Program* program = nullptr;
  uint32_t id = 0;

  const Type& type() const;
  const Shape& shape() const { return type().shape; }
  explicit operator bool() const { return program != nullptr; }
  bool operator==(const Tensor&) const = default;
};
using Tensors = std::vector<Tensor>;

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
