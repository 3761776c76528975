// Softmax cross-entropy with integer labels: Eq. 3 and 4, the classification terms.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = sum(weight[label] * -log softmax(logits)[label]) / sum(weight[label]), over the samples whose label is not
/// negative; 0 if there are none.  As torch.nn.functional.cross_entropy with `weight`.
/// in: logits [N, 1, 1, K], labels i32 [N, 1, 1, 1].  out: y [1, 1, 1, 1].  A label of K or more throws Error in the
/// run; on a device the loss and its gradient become NaN.
struct CrossEntropy final : Op {
  std::vector<double> class_weights;  // K of them, or none: all 1

  explicit CrossEntropy(std::vector<double> class_weights) : class_weights(std::move(class_weights)) {}
  std::string_view name() const override { return "cross_entropy"; }
  bool operator==(const CrossEntropy&) const = default;
  Types infer(const Types& in) const override;
  // Maximum, difference, exp, sum.
  double flops(const Types& in, const Types&) const override { return 4 * elements(in[0]); }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

/// dlogits = dy * weight[label] / sum(weight[label]) * (softmax(logits) - onehot(label)); 0 if a label is negative.
/// in: logits, labels, dy.  out: dlogits like logits.
struct CrossEntropyBackward final : Op {
  std::vector<double> class_weights;

  explicit CrossEntropyBackward(std::vector<double> class_weights) : class_weights(std::move(class_weights)) {}
  std::string_view name() const override { return "cross_entropy_backward"; }
  bool operator==(const CrossEntropyBackward&) const = default;
  Types infer(const Types& in) const override { return {in[0]}; }
  // 5 for softmax, then the difference and the product.
  double flops(const Types& in, const Types&) const override { return 7 * elements(in[0]); }
  int overwrites(int) const override { return 0; }
};

inline Tensor cross_entropy(Tensor logits, Tensor labels, std::vector<double> class_weights = {}) {
  return record(CrossEntropy(std::move(class_weights)), {logits, labels})[0];
}

}  // namespace tuna
