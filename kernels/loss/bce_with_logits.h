// Binary cross-entropy of logits with a constant target: the vanilla GAN loss (Goodfellow et al., 2014).
#pragma once

#include "kernels/loss/bce_with_logits.cuh"
#include "kernels/loss/elementwise_mean.h"

namespace tuna {

/// y = average(-log(p)), p being the probability sigmoid(x) or 1 - sigmoid(x) of the target, which is 1 or 0.
/// in: logits x.  out: y [1, 1, 1, 1].
inline Tensor bce_with_logits_to(Tensor x, double target) {
  check(target == 0 || target == 1, "bce_with_logits: the target must be 0 or 1, got {}", target);
  return record(ElementwiseMean<BinaryCrossEntropy>(target), {x})[0];
}

}  // namespace tuna
