#include "kernels/device/elementwise.h"
#include "kernels/pointwise/relu.cuh"
#include "kernels/pointwise/relu.h"

namespace tuna::BACKEND {
namespace {

const ElementwiseKernel<Relu> forward([](const Relu&) { return Rectify{}; });
const ElementwiseKernel<ReluBackward> backward([](const ReluBackward&) { return RectifyGradient{}; });

}  // namespace
}  // namespace tuna::BACKEND
