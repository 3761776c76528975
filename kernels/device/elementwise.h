// Launches the kernel of elementwise.cuh, for the .cu files of ops that work element by element.
#pragma once

#include "kernels/device/elementwise.cuh"
#include "kernels/device/launch.h"

namespace tuna::BACKEND {

/// y[i] = f(x[i], ...) for `count` elements.
template <class F, class T, class... Inputs>
void launch_elementwise(F f, int64_t count, Stream& stream, T* y, const Inputs*... x) {
  constexpr int kThreads = 256, kWidth = kPerAccess<T>;
  const auto blocks = [&](int width) { return unsigned(ceil_div(size_t(count), size_t(kThreads) * width)); };
  if (is_aligned(y) && (is_aligned(x) && ...))
    LAUNCH((map_elements<kWidth, F, T, Inputs...>), blocks(kWidth), kThreads, stream, f, size_t(count), y, x...);
  else
    LAUNCH((map_elements<1, F, T, Inputs...>), blocks(1), kThreads, stream, f, size_t(count), y, x...);
}

/// Registers the kernel of an op that works element by element (kernels/pointwise/pointwise_op.h).
template <class O>
struct PointwiseKernel {
  DeviceKernel<O> kernel{[](const O& op, auto stored, const Args& args, Stream& stream) {
    using T = decltype(stored);
    const auto f = op.template functor<float>();
    const int64_t count = args.out[0].type.shape.count();
    T* y = args.out[0].data<T>();
    const T* a = args.in[0].data<T>();
    if constexpr (std::is_invocable_v<decltype(f), float>)
      launch_elementwise(f, count, stream, y, a);
    else
      launch_elementwise(f, count, stream, y, a, static_cast<const T*>(args.in[1].data<T>()));
  }};
};

}  // namespace tuna::BACKEND
