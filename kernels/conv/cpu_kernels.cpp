#include "kernels/conv/cpu_kernels.h"

#ifdef TUNA_SECOND_CONV_CPU
// Compiled from the same sources as conv_cpu.
namespace tuna::TUNA_SECOND_CONV_CPU {
extern const CpuConvKernels kernels;
}
#endif

namespace tuna {
namespace {

// The whole program is compiled for the instruction set of the first, so that needs no check.
const CpuConvKernels& choose() {
#ifdef TUNA_SECOND_CONV_CPU
  const CpuConvKernels& second = TUNA_SECOND_CONV_CPU::kernels;
  const InstructionSet usable = usable_instruction_set();
  if (second.instruction_set == usable && conv_cpu::kernels.instruction_set != usable) return second;
#endif
  return conv_cpu::kernels;
}

}  // namespace

const CpuConvKernels& cpu_conv_kernels() {
  static const CpuConvKernels& chosen = choose();
  return chosen;
}

}  // namespace tuna
