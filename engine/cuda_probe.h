#pragma once

namespace tuna::cuda {

/// A kernel that does nothing, compiled as all others: CUDA says of it whether a GPU can run those of this build.
const void* probe_kernel();

}  // namespace tuna::cuda
