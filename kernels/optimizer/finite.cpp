#include "kernels/optimizer/finite.h"

#include <atomic>
#include <cmath>

#include "engine/program/kernel_registry.h"
#include "kernels/optimizer/multi_tensor.h"

namespace tuna {
namespace {

KernelFor<Finite, Backend::ref> reference([](const Finite&, auto real, const Args& args) {
  bool finite = true;
  for (const View& view : args.in)
    for (int64_t i = 0; i < view.type.shape.count(); ++i) finite &= std::isfinite(view.as<decltype(real)>()[i]);
  args.out[0].data<int32_t>()[0] = finite;
});

KernelFor<Finite, Backend::cpu> fast([](const Finite&, const Types& in, const Types&, const Target&) {
  for (const Type& type : in) check(type.dtype == DType::f32, "finite: backend cpu computes in f32 only, got {}", type);
  return Prepared{0, [all = MultiTensor(in)](const Args& args, Stream&) {
                    std::atomic<bool> finite = true;
                    all.parallel([&](size_t tensor, int64_t begin, int64_t end) {
                      const float* x = args.in[tensor].data<float>();
                      int strays = 0;
#pragma omp simd reduction(| : strays)
                      for (int64_t i = begin; i < end; ++i) strays |= !(x[i] - x[i] == 0);
                      if (strays) finite.store(false, std::memory_order_relaxed);
                    });
                    args.out[0].data<int32_t>()[0] = finite;
                  }};
});

}  // namespace
}  // namespace tuna
