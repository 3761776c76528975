#include "kernels/device/elementwise.h"
#include "kernels/pointwise/leaky_relu.cuh"
#include "kernels/pointwise/leaky_relu.h"

namespace tuna::BACKEND {
namespace {

const ElementwiseKernel<LeakyRelu> forward([](const LeakyRelu& op) { return LeakyRectify{float(op.slope)}; });
const ElementwiseKernel<LeakyReluBackward> backward([](const LeakyReluBackward& op) {
  return LeakyRectifyGradient{float(op.slope)};
});

}  // namespace
}  // namespace tuna::BACKEND
