#include "kernels/pointwise/gradient_reversal.h"

#include "kernels/pointwise/scale.h"
#include "kernels/pointwise/scale_by.h"

namespace tuna {

Types GradientReversal::infer(const Types& in) const {
  check_factor(*this, in[0], in[1]);
  return {in[0]};
}

Tensors GradientReversal::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return {scale_by(-1 * dout[0], in[1])};
}

}  // namespace tuna
