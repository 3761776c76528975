// Eq. 2: an image that is translated there and back is the image that it was.
#pragma once

#include "kernels/loss/l1.h"

namespace tuna {

/// Mean |reconstruction - image|; both [N, H, W, C].
inline Tensor cycle_loss(Tensor reconstruction, Tensor image) { return l1(reconstruction, image); }

}  // namespace tuna
