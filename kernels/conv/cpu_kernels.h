// The convolution kernels of backend cpu, kernels/conv/cpu, are compiled for two instruction sets (CMakeLists.txt), and
// the processor decides which of them run.
#pragma once

#include "kernels/conv/cpu/table.h"

namespace tuna {

/// Those for the last instruction set that is usable.
const CpuConvKernels& cpu_conv_kernels();

}  // namespace tuna
