#include "kernels/device/elementwise.h"
#include "kernels/pointwise/scale.cuh"
#include "kernels/pointwise/scale.h"

namespace tuna::BACKEND {
namespace {

const ElementwiseKernel<Scale> forward([](const Scale& op) { return Multiply{float(op.factor)}; });

}  // namespace
}  // namespace tuna::BACKEND
