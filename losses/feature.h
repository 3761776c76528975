// Eq. 5: the features of a classifier should be close for real and synthetic target images.
#pragma once

#include "kernels/loss/mse.h"

namespace tuna {

/// ||real - synthetic||^2 / (H W C), averaged over the batch; both [N, H, W, C].
inline Tensor feature_distance(Tensor real, Tensor synthetic) { return mse(real, synthetic); }

}  // namespace tuna
