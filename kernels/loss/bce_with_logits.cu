#include "kernels/loss/bce_with_logits.h"
#include "kernels/loss/elementwise_mean_device.h"

namespace tuna::BACKEND {

static const ElementwiseMeanKernels<BinaryCrossEntropy> kernels;

}  // namespace tuna::BACKEND
