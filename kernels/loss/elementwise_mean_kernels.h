// The `ref` and `cpu` kernels of elementwise_mean.h, for every term.
#pragma once

#include "engine/program/kernel_registry.h"
#include "kernels/loss/elementwise_mean.h"
#include "kernels/parallel.h"

namespace tuna {

/// Calls body(target), where target(i) is that of element i.
template <class Real, class Body>
void with_target(const Real* tensor, double constant, Body body) {
  if (tensor)
    body([tensor](int64_t i) { return tensor[i]; });
  else
    body([value = Real(constant)](int64_t) { return value; });
}

/// Sums short blocks in f32, with negligible rounding errors, and merges them in f64.
template <bool kSimd, class Value>
double accurate_sum(int64_t begin, int64_t end, Value value) {
  constexpr int64_t kBlock = 1024;
  double whole = 0;
  for (int64_t block = begin; block < end; block += kBlock) {
    const int64_t block_end = std::min(end, block + kBlock);
    float sum = 0;
#pragma omp simd reduction(+ : sum) if (simd : kSimd)
    for (int64_t i = block; i < block_end; ++i) sum += value(i);
    whole += double(sum);
  }
  return whole;
}

/// An object of this type registers all kernels of a term.
template <class Term>
struct ElementwiseMeanKernels {
  using Forward = ElementwiseMean<Term>;
  using Backward = ElementwiseMeanBackward<Term>;

  KernelFor<Forward, Backend::ref> forward_reference{[](const Forward& op, auto real, const Args& args) {
    using Real = decltype(real);
    const auto x = args.in[0].as<Real>();
    with_target<Real>(args.in.size() == 2 ? args.in[1].data<Real>() : nullptr, op.target, [&](auto target) {
      Real sum = 0;
      for (int64_t i = 0; i < x.count(); ++i) sum += Term::value(x[i], target(i));
      args.out[0].data<Real>()[0] = sum / Real(x.count());
    });
  }};

  KernelFor<Backward, Backend::ref> backward_reference{[](const Backward& op, auto real, const Args& args) {
    using Real = decltype(real);
    const auto x = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
    const Real dy = args.in.back().data<Real>()[0];
    with_target<Real>(args.in.size() == 3 ? args.in[1].data<Real>() : nullptr, op.target, [&](auto target) {
      for (int64_t i = 0; i < x.count(); ++i) dx[i] = dy / Real(x.count()) * Term::slope(x[i], target(i));
    });
  }};

  KernelFor<Forward, Backend::cpu> forward_fast{[](const Forward& op, const Types& in, const Types&, const Target&) {
    const int64_t count = in[0].shape.count(), chunks = (count + kElementsPerChunk - 1) / kElementsPerChunk;
    return Prepared{size_t(chunks) * sizeof(double), [&op, count, chunks](const Args& args, Stream&) {
                      const float* x = args.in[0].data<float>();
                      double* partials = static_cast<double*>(args.workspace);
                      const float* tensor = args.in.size() == 2 ? args.in[1].data<float>() : nullptr;
                      with_target<float>(tensor, op.target, [=](auto target) {
                        parallel_chunks(count, kElementsPerChunk, [=](int64_t begin, int64_t end) {
                          partials[begin / kElementsPerChunk] = accurate_sum<Term::kSimd>(
                              begin, end, [=](int64_t i) { return Term::value(x[i], target(i)); });
                        });
                      });
                      double sum = 0;
                      for (int64_t chunk = 0; chunk < chunks; ++chunk) sum += partials[chunk];
                      args.out[0].data<float>()[0] = float(sum / double(count));
                    }};
  }};

  KernelFor<Backward, Backend::cpu> backward_fast{[](const Backward& op, const Args& args) {
    const int64_t count = args.in[0].type.shape.count();
    const float *x = args.in[0].data<float>(), factor = args.in.back().data<float>()[0] / float(count);
    float* dx = args.out[0].data<float>();
    with_target<float>(args.in.size() == 3 ? args.in[1].data<float>() : nullptr, op.target, [=](auto target) {
      parallel_chunks(count, kElementsPerChunk, [=](int64_t begin, int64_t end) {
#pragma omp simd if (simd : Term::kSimd)
        for (int64_t i = begin; i < end; ++i) dx[i] = factor * Term::slope(x[i], target(i));
      });
    });
  }};
};

}  // namespace tuna
