// The losses that are a mean over all elements of a term of x and a target, which is another tensor or a constant: l1,
// mse, LSGAN's and the vanilla GAN's.  Ops and kernels are written once for all; a Term (l1.cuh is one) adds names, a
// value, a slope (the derivative by x), how many operations each takes (Op::flops), and whether compilers can vectorise
// them.  It is written once, for the host and for devices.
// A term of two tensors must be symmetric: its gradient by the second is the same op with the two exchanged.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// dx = dy / count * slope(x, target).
/// in: x; a target like x, unless it is the constant; dy [1, 1, 1, 1].  out: dx like x.
template <class Term>
struct ElementwiseMeanBackward final : Op {
  double target;  // if no tensor is given

  explicit ElementwiseMeanBackward(double target) : target(target) {}
  std::string_view name() const override { return Term::kBackwardName; }
  bool operator==(const ElementwiseMeanBackward&) const = default;
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types& in, const Types&) const override { return (Term::kSlopeFlops + 1) * elements(in[0]); }
  int overwrites(int) const override { return 0; }
};

/// y = average(value(x, target)).
/// in: x; a target like x, unless it is the constant.  out: y [1, 1, 1, 1], of the accumulation type.
template <class Term>
struct ElementwiseMean final : Op {
  double target;  // if no tensor is given

  explicit ElementwiseMean(double target = 0) : target(target) {}
  std::string_view name() const override { return Term::kName; }
  bool operator==(const ElementwiseMean&) const = default;
  Types infer(const Types& in) const override {
    if (in.size() > 1) check(in[0] == in[1], "{}: {} and {} differ", name(), in[0], in[1]);
    return {{accumulation_type(in[0].dtype), {1, 1, 1, 1}}};
  }
  double flops(const Types& in, const Types&) const override { return (Term::kValueFlops + 1) * elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors&, const Tensors& dout) const override {
    const ElementwiseMeanBackward<Term> backward(target);
    if (in.size() == 1) return record(backward, {in[0], dout[0]});
    return {record(backward, {in[0], in[1], dout[0]})[0], record(backward, {in[1], in[0], dout[0]})[0]};
  }
};

}  // namespace tuna
