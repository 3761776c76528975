#include "kernels/loss/l1.h"

namespace tuna {

static const ElementwiseMeanKernels<AbsoluteDifference> kernels;

}  // namespace tuna
