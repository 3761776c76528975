// Minimum class confusion (Jin et al., ECCV 2020): how much the predictions of a batch confuse classes with each other.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// The weight of each sample by its certainty: w = N u / sum(u), where u = 1 + exp(-entropy(p)).  No gradient.
/// in: p [N, 1, 1, K], probabilities.  out: w [N, 1, 1, 1], of p's type.
struct CertaintyWeights final : Op {
  std::string_view name() const override { return "certainty_weights"; }
  Types infer(const Types& in) const override;
  // Logarithm, product and sum of an element.
  double flops(const Types& in, const Types&) const override { return 3 * elements(in[0]); }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

/// y = 1/K sum over j, k != j of C_jk / sum_k C_jk, where C_jk = sum_n w_n p_nj p_nk.  As the probabilities of a sample
/// sum to 1, this is 1 - 1/K sum_j A_j / S_j, where A_j = sum_n w_n p_nj^2 and S_j = sum_n w_n p_nj.  A class with
/// S_j = 0 is left out.  in: p [N, 1, 1, K], w [N, 1, 1, 1].  out: y [1, 1, 1, 1].  w has no gradient.
struct ClassConfusion final : Op {
  std::string_view name() const override { return "class_confusion"; }
  Types infer(const Types& in) const override;
  // Two products and two sums of an element.
  double flops(const Types& in, const Types&) const override { return 4 * elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dp_nj = dy w_n / K (A_j - 2 p_nj S_j) / S_j^2; 0 if S_j = 0.  in: p, w, dy.  out: dp like p.
struct ClassConfusionBackward final : Op {
  std::string_view name() const override { return "class_confusion_backward"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  // The sums, then two products, a difference and a quotient.
  double flops(const Types& in, const Types&) const override { return 8 * elements(in[0]); }
};

inline Tensor certainty_weights(Tensor p) { return record(CertaintyWeights(), {p})[0]; }
inline Tensor class_confusion(Tensor p, Tensor w) { return record(ClassConfusion(), {p, w})[0]; }

}  // namespace tuna
