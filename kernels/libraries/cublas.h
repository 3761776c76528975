// cuBLAS: its handle and its errors.
#pragma once

#ifdef TUNA_HAS_CUDA

#include <cublas_v2.h>

namespace tuna::cublas {

/// Throws Error if a call failed.
void checked(cublasStatus_t status, const char* call);

/// The handle of one GPU, on the stream of its runtime.
cublasHandle_t handle(int gpu);

}  // namespace tuna::cublas

#endif
