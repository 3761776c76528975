// The kernels of ops that work element by element (pointwise_op.h), for `ref` and `cpu`; kernels/device/elementwise.h
// has those for `cuda` and `emulated`.
#pragma once

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"

namespace tuna {

/// out[i] = f(in0[i]), or f(in0[i], in1[i]) for an f of two arguments.  The output may take the memory of an input.
template <class F>
void map_elements(const Args& args, F f) {
  float* y = args.out[0].data<float>();
  parallel_chunks(args.out[0].type.shape.count(), kElementsPerChunk, [=, &args](int64_t begin, int64_t end) {
    const float* a = args.in[0].data<float>();
    const F function = f;  // a copy that no store can change, so that the loop vectorises
    if constexpr (std::is_invocable_v<F, float>) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) y[i] = function(a[i]);
    } else {
      const float* b = args.in[1].data<float>();
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) y[i] = function(a[i], b[i]);
    }
  });
}

/// Registers the definition of O: its functor in a plain loop.
template <class O>
struct PointwiseReference {
  KernelFor<O, Backend::ref> kernel{[](const O& op, auto real, const Args& args) {
    using Real = decltype(real);
    const auto f = op.template functor<Real>();
    const auto y = args.out[0].as<Real>(), a = args.in[0].as<Real>();
    if constexpr (std::is_invocable_v<decltype(f), Real>) {
      for (int64_t i = 0; i < y.count(); ++i) y[i] = f(a[i]);
    } else {
      const auto b = args.in[1].as<Real>();
      for (int64_t i = 0; i < y.count(); ++i) y[i] = f(a[i], b[i]);
    }
  }};
};

/// Registers the kernels of O for `ref` and `cpu`.
template <class O>
struct PointwiseKernels {
  PointwiseReference<O> reference;
  KernelFor<O, Backend::cpu> fast{
      [](const O& op, const Args& args) { map_elements(args, op.template functor<float>()); }};
};

}  // namespace tuna
