#include "kernels/device/elementwise.h"
#include "kernels/pointwise/tanh.cuh"
#include "kernels/pointwise/tanh.h"

namespace tuna::BACKEND {
namespace {

const ElementwiseKernel<Tanh> forward([](const Tanh&) { return HyperbolicTangent{}; });
const ElementwiseKernel<TanhBackward> backward([](const TanhBackward&) { return HyperbolicTangentGradient{}; });

}  // namespace
}  // namespace tuna::BACKEND
