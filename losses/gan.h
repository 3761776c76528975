// Eq. 1: the adversarial loss, in the two forms in which it is trained.
#pragma once

#include "kernels/loss/bce_with_logits.h"
#include "kernels/loss/mse.h"

namespace tuna {

/// lsgan: (D - 1)^2 and D^2 (Mao et al., 2017), which CycleGAN trains with.  vanilla: -log sigmoid(D) and
/// -log(1 - sigmoid(D)), Eq. 1 as printed, non-saturating for the generator.
enum class GanMode : uint8_t { lsgan, vanilla };

/// Loss of a discriminator's raw scores against "real" for every patch; a scalar.
inline Tensor gan_real(Tensor scores, GanMode mode) {
  return mode == GanMode::lsgan ? mse_to(scores, 1) : bce_with_logits_to(scores, 1);
}

/// Their loss against "fake".
inline Tensor gan_fake(Tensor scores, GanMode mode) {
  return mode == GanMode::lsgan ? mse_to(scores, 0) : bce_with_logits_to(scores, 0);
}

}  // namespace tuna
