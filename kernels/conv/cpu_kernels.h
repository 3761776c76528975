// The convolution kernels of backend cpu, kernels/conv/cpu, are compiled for two instruction sets (CMakeLists.txt), and
// the processor decides which of them run.
#pragma once

#include "kernels/conv/cpu/table.h"

namespace tuna {

/// Those for usable_instruction_set(), or else for the set that the whole program is compiled for.
const CpuConvKernels& cpu_conv_kernels();

}  // namespace tuna
