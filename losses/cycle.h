// Eq. 2: an image that is translated to the other domain and back should equal itself.
#pragma once

#include "kernels/loss/l1.h"

namespace tuna {

/// Mean |reconstruction - image|; both [N, H, W, C].
inline Tensor cycle_loss(Tensor reconstruction, Tensor image) { return l1(reconstruction, image); }

}  // namespace tuna
