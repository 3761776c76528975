#include "kernels/pointwise/gradient_reversal.h"

#include "kernels/pointwise/scale.h"

namespace tuna {

Tensors GradientReversal::grad(const Tensors&, const Tensors&, const Tensors& dout) const {
  return {-factor * dout[0]};
}

}  // namespace tuna
