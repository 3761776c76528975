#include "kernels/libraries/cublas.h"

#ifdef TUNA_HAS_CUDA

#include "engine/base/check.h"
#include "kernels/libraries/library_handle.h"

namespace tuna::cublas {

void checked(cublasStatus_t status, const char* call) {
  check(status == CUBLAS_STATUS_SUCCESS, "cuBLAS: {}: {}", call, cublasGetStatusString(status));
}

cublasHandle_t handle(int gpu) {
  return one_per_gpu<LibraryHandle<cublasHandle_t, cublasCreate, cublasSetStream, cublasDestroy, checked>>(gpu);
}

}  // namespace tuna::cublas

#endif
