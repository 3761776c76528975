// Whether a GPU can run this build's kernels, only CUDA knows: it depends on architectures, PTX and the driver.  As all
// kernels are compiled alike, one that does nothing is enough to ask about.
#pragma once

namespace tuna::cuda {

/// The kernel, for cudaFuncGetAttributes.
const void* probe_kernel();

}  // namespace tuna::cuda
