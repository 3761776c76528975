#include "kernels/pointwise/leaky_relu.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Types LeakyRelu::infer(const Types& in) const {
  check(slope > 0, "leaky_relu: the slope must be positive, got {}", slope);
  return PointwiseOp::infer(in);
}

Tensors LeakyRelu::grad(const Tensors&, const Tensors& out, const Tensors& dout) const {
  return record(LeakyReluBackward(slope), {out[0], dout[0]});
}

static const PointwiseKernels<LeakyRelu> forward;
static const PointwiseKernels<LeakyReluBackward> backward;

}  // namespace tuna
