// What flows through a program: a Tensor is a handle to a value that a Program will compute; it holds no data itself.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/type.h"

namespace tuna {

class Program;

struct Tensor {
  Program* program = nullptr;
  uint32_t id = 0;

  const Type& type() const;  // program.cpp
  const Shape& shape() const { return type().shape; }
  explicit operator bool() const { return program != nullptr; }
  bool operator==(const Tensor&) const = default;
};
using Tensors = std::vector<Tensor>;

}  // namespace tuna
