#include "kernels/loss/bce_with_logits.h"

namespace tuna {

static const ElementwiseMeanKernels<BinaryCrossEntropy> kernels;

}  // namespace tuna
