#include "kernels/conv/tables.h"

#include <algorithm>
#include <iterator>

#include "kernels/conv/cpu_kernels.h"
#include "kernels/conv/cuda/table.h"

namespace tuna {

const ConvAlgorithms& conv_algorithms(Backend backend) {
  switch (backend) {
    case Backend::cpu:
      return cpu_conv_kernels().algorithms();
    case Backend::emulated:
      return conv_cuda::emulated_table();
    case Backend::cuda:
      return conv_cuda::table();
    default:
      fail("convolutions: backend {} has no algorithms, only the definition", to_string(backend));
  }
}

ConvAlgorithms fitting_algorithms(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  ConvAlgorithms fitting;
  std::copy_if(conv_algorithms(target.device.backend).begin(), conv_algorithms(target.device.backend).end(),
               std::back_inserter(fitting),
               [&](const ConvAlgorithm& each) { return each.fits(direction, problem, target); });
  return fitting;
}

}  // namespace tuna
