// The binary cross-entropy of a logit, on the host and on devices.
#pragma once

#include "engine/base/host_device.h"

namespace tuna {

/// -log(sigmoid(x)) if the target is 1, -log(1 - sigmoid(x)) if it is 0; both are log(1 + exp(z)) with z = -x or z = x,
/// written so that neither end overflows or cancels.
struct BinaryCrossEntropy {
  static constexpr const char *kName = "bce_with_logits", *kBackwardName = "bce_with_logits_backward";
  static constexpr int kValueFlops = 7, kSlopeFlops = 4;
  static constexpr bool kSimd = false;  // exp and log1p are calls

  template <class Real>
  HOST_DEVICE static Real value(Real x, Real target) {
    const Real z = (1 - 2 * target) * x;
    return (z > 0 ? z : 0) + log1p(exp(-fabs(z)));
  }
  template <class Real>
  HOST_DEVICE static Real slope(Real x, Real target) {
    const Real sign = 1 - 2 * target;
    return sign / (1 + exp(-sign * x));
  }
};

}  // namespace tuna
