// The base of the ops that work element by element.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// The type that all inputs of an op have; throws Error if they differ.
Types type_of_all(const Op& op, const Types& in);

/// out[i] = f(in0[i]), or f(in0[i], in1[i]), where f is a Functor of the type that a kernel computes in.  Functors are
/// written once, for the host and for devices, in the .cuh of their op, with the operations of an element (Op::flops).
/// in: a tensor, or two alike.  out: one like them, which may take over the memory of the last.
template <template <class Real> class Functor>
struct PointwiseOp : Op {
  Types infer(const Types& in) const override { return type_of_all(*this, in); }
  double flops(const Types&, const Types& out) const override { return Functor<float>::kFlops * elements(out[0]); }
  int overwrites(int) const override { return std::is_invocable_v<Functor<float>, float> ? 0 : 1; }

  /// Redeclared by an op with attributes, to pass them on.
  template <class Real>
  Functor<Real> functor() const {
    return {};
  }
};

}  // namespace tuna
