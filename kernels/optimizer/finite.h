// The test for infinite and NaN elements: the guard before each optimizer step.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = 1 if every element of every input is finite, else 0.  in: any number of real tensors.
/// out: y i32 [1, 1, 1, 1].
struct Finite final : Op {
  std::string_view name() const override { return "finite"; }
  Types infer(const Types&) const override { return {{DType::i32, {1, 1, 1, 1}}}; }
  double flops(const Types& in, const Types&) const override {
    double sum = 0;
    for (const Type& each : in) sum += elements(each);
    return sum;
  }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

inline Tensor finite(const Tensors& tensors) { return record(Finite(), tensors)[0]; }

}  // namespace tuna
