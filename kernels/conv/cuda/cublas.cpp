// Linear layers by cuBLAS, in f32.
#include "kernels/libraries/cublas.h"

#include "kernels/conv/cuda/library_call.h"
#include "kernels/conv/cuda/linear_product.h"
#include "kernels/conv/cuda/table.h"

namespace tuna::conv_cuda {
namespace {

bool fits(ConvDirection, const ConvProblem& problem, const Target&) {
  return is_linear(problem) && problem.dtype == DType::f32;
}

#ifdef TUNA_HAS_CUDA

/// The matrix product without the bias.
Prepared product(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  constexpr size_t kWorkspace = size_t(4) << 20;  // part of the memory plan, as a captured graph needs it
  const cublasHandle_t handle = tuna::cublas::handle(target.device.index);
  const cublasMath_t math = target.precision == Precision::fp32 ? CUBLAS_PEDANTIC_MATH : CUBLAS_TF32_TENSOR_OP_MATH;
  return {kWorkspace, [=](const Args& args, Stream&) {
            using tuna::cublas::checked;
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

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target& target) {
  return as_whole_op(product(direction, problem, target), direction, problem, target);
}

#else

Prepared prepare(ConvDirection, const ConvProblem&, const Target&) { fail("cuBLAS: this build has no backend cuda"); }

#endif

}  // namespace

constinit const ConvAlgorithm cublas{.name = "cublas", .fits = fits, .prepare = prepare, .needs_gpu = true};

}  // namespace tuna::conv_cuda
