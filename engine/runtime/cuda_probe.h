// An empty kernel, with which CUDA reports whether a GPU can run this build's kernels: that depends on architectures,
// PTX and the driver, and all kernels are compiled alike.
#pragma once

namespace tuna::cuda {

/// The kernel, for cudaFuncGetAttributes.
const void* probe_kernel();

}  // namespace tuna::cuda
