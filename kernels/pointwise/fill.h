// A tensor of one constant.
#pragma once

#include "engine/program/gradient_ops.h"  // fill()
#include "engine/program/op.h"

namespace tuna {

/// y = value.  in: nothing.  out: a tensor of the type that the op names.
struct Fill final : Op {
  Type type;
  double value;

  Fill(Type type, double value) : type(type), value(value) {}
  std::string_view name() const override { return "fill"; }
  bool operator==(const Fill&) const = default;
  Types infer(const Types&) const override { return {type}; }
  double flops(const Types&, const Types&) const override { return 0; }
};

}  // namespace tuna
