#include "kernels/loss/bce_with_logits.h"

#include "kernels/loss/elementwise_mean_kernels.h"

namespace tuna {

static const ElementwiseMeanKernels<BinaryCrossEntropy> kernels;

}  // namespace tuna
