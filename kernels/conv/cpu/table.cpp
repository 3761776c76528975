#include "kernels/conv/cpu/table.h"

namespace tuna::conv_cpu {

const ConvAlgorithms& table() {
  static const ConvAlgorithms algorithms = {
      winograd_4x4,
      few_pixels,
      many_channels,
      few_channels,
#ifdef TUNA_HAS_ONEDNN
      onednn,
#endif
      few_channels_rest,
      plain,
  };
  return algorithms;
}

}  // namespace tuna::conv_cpu
