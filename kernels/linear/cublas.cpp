#include "kernels/linear/cublas.h"

#ifdef TUNA_HAS_CUDA

#include <cublas_v2.h>

#include "engine/library_handle.h"

namespace tuna {
namespace {

void checked(cublasStatus_t status, const char* call) {
  check(status == CUBLAS_STATUS_SUCCESS, "cuBLAS: {}: {}", call, cublasGetStatusString(status));
}

using Handle = LibraryHandle<cublasHandle_t, cublasCreate, cublasSetStream, cublasDestroy, checked>;

}  // namespace

Prepared cublas_linear(ConvDirection direction, const ConvProblem& problem, const Device& device) {
  constexpr size_t kWorkspace = size_t(4) << 20;  // the planner's, so that a replay has the one that was recorded
  const cublasHandle_t handle = one_per_gpu<Handle>(device.index);
  const cublasMath_t math = device.precision == Precision::fp32 ? CUBLAS_PEDANTIC_MATH : CUBLAS_TF32_TENSOR_OP_MATH;
  return {kWorkspace, [=](const Args& args, Stream&) {
            const LinearProduct p = linear_product(direction, problem, args);
            const auto op = [](bool transpose) { return transpose ? CUBLAS_OP_T : CUBLAS_OP_N; };
            const float one = 1, zero = 0;
            checked(cublasSetMathMode(handle, math), "cublasSetMathMode");
            checked(cublasSetWorkspace(handle, args.workspace, kWorkspace), "cublasSetWorkspace");
            checked(cublasSgemm(handle, op(p.transpose_a), op(p.transpose_b), p.m, p.n, p.k, &one, p.a, p.lda, p.b,
                                p.ldb, &zero, p.c, p.ldc),
                    "cublasSgemm");
          }};
}

}  // namespace tuna

#endif
