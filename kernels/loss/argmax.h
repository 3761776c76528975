// The predicted class, as a label: Eq. 4's pseudo-label.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = the first class with the largest logit, or -1 (which cross_entropy ignores) if its probability by softmax is
/// below min_confidence.  No gradient.  in: logits [N, 1, 1, K].  out: y i32 [N, 1, 1, 1].
struct Argmax final : Op {
  double min_confidence;

  explicit Argmax(double min_confidence) : min_confidence(min_confidence) {}
  std::string_view name() const override { return "argmax"; }
  bool operator==(const Argmax&) const = default;
  Types infer(const Types& in) const override;
  // Maximum, difference, exp, sum.
  double flops(const Types& in, const Types&) const override { return 4 * elements(in[0]); }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

inline Tensor argmax(Tensor logits, double min_confidence = 0) { return record(Argmax(min_confidence), {logits})[0]; }

}  // namespace tuna
