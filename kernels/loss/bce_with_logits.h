// Binary cross-entropy of logits with a constant target: the vanilla GAN loss (Goodfellow et al., 2014).
#pragma once

#include <cmath>

#include "kernels/loss/elementwise_mean.h"

namespace tuna {

/// -log(sigmoid(x)) where the target is 1, -log(1 - sigmoid(x)) where it is 0; both are log(1 + exp(z)) with z = -x or
/// z = x, written so that neither end overflows or cancels.
struct BinaryCrossEntropy {
  static constexpr std::string_view kName = "bce_with_logits", kBackwardName = "bce_with_logits_backward";
  static constexpr bool kSimd = false;  // exp and log1p are calls

  template <class Real>
  static Real value(Real x, Real target) {
    const Real z = (1 - 2 * target) * x;
    return (z > 0 ? z : 0) + std::log1p(std::exp(-std::fabs(z)));
  }
  template <class Real>
  static Real slope(Real x, Real target) {
    const Real sign = 1 - 2 * target;
    return sign / (1 + std::exp(-sign * x));
  }
};

/// y = average(-log(p)), p being the probability sigmoid(x) or 1 - sigmoid(x) of the target, which is 1 or 0.
/// in: logits x.  out: y [1, 1, 1, 1].
inline Tensor bce_with_logits_to(Tensor x, double target) {
  check(target == 0 || target == 1, "bce_with_logits: the target must be 0 or 1, got {}", target);
  return record(ElementwiseMean<BinaryCrossEntropy>(target), {x})[0];
}

}  // namespace tuna
