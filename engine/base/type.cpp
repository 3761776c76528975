#include "engine/base/type.h"

namespace tuna {

std::string to_string(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "f32";
    case DType::f64:
      return "f64";
    case DType::i32:
      return "i32";
    case DType::f16:
      return "f16";
    case DType::bf16:
      return "bf16";
  }
  return "?";
}

size_t size_of(DType dtype) { return dtype == DType::f64 ? 8 : is_reduced_precision(dtype) ? 2 : 4; }

std::string to_string(const Shape& shape) { return fmt::format("{}x{}x{}x{}", shape.n, shape.h, shape.w, shape.c); }

std::string to_string(const Type& type) { return to_string(type.dtype) + " " + to_string(type.shape); }

DType real_type(const Types& in, const Types& out) {
  for (const Types* types : {&out, &in})
    for (const Type& type : *types)
      if (is_real(type.dtype)) return type.dtype;
  return DType::f32;
}

DType stored_type(const Types& in, const Types& out) {
  for (const Types* types : {&in, &out})
    for (const Type& type : *types)
      if (is_reduced_precision(type.dtype)) return type.dtype;
  return DType::f32;
}

}  // namespace tuna
