#include "kernels/conv/cpu/table.h"

namespace tuna::conv_cpu {
namespace {

#if defined(__AVX512F__)
constexpr InstructionSet kInstructionSet = InstructionSet::avx512;
#elif defined(__AVX2__)
constexpr InstructionSet kInstructionSet = InstructionSet::avx2;
#else
constexpr InstructionSet kInstructionSet = InstructionSet::base;
#endif

const ConvAlgorithms& algorithms() {
  static const ConvAlgorithms table = {
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
  return table;
}

}  // namespace

const CpuConvKernels kernels = {kInstructionSet, algorithms, measured_flops};

}  // namespace tuna::conv_cpu
