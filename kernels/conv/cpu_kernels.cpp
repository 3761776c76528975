#include "kernels/conv/cpu_kernels.h"

#ifdef TUNA_SECOND_CONV_CPU
// Compiled from the same sources as conv_cpu.
namespace tuna::TUNA_SECOND_CONV_CPU {
extern const CpuConvKernels kernels;
}
#endif

namespace tuna {
namespace {

const CpuConvKernels& choose() {
  const CpuConvKernels* chosen = nullptr;
  for (const CpuConvKernels* each : {
           &conv_cpu::kernels,
#ifdef TUNA_SECOND_CONV_CPU
           &TUNA_SECOND_CONV_CPU::kernels,
#endif
       })
    if (each->instruction_set <= usable_instruction_set()
        && (!chosen || each->instruction_set > chosen->instruction_set))
      chosen = each;
  check(chosen, "convolutions: this build's kernels need {}, which this processor lacks; configure tuna on it",
        to_string(conv_cpu::kernels.instruction_set));
  return *chosen;
}

}  // namespace

const CpuConvKernels& cpu_conv_kernels() {
  static const CpuConvKernels& chosen = choose();
  return chosen;
}

}  // namespace tuna
