// Launches elementwise.cuh: what the .cu of an op that works element by element needs.
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

/// The kernel of an op with one output, like each of its inputs in type: of(op) is the function of their elements,
/// which has one argument or two.
template <class O>
struct ElementwiseKernel {
  template <class FunctionOf>
  explicit ElementwiseKernel(FunctionOf of) {
    DeviceKernel<O>([of](const O& op, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      const auto f = of(op);
      const int64_t count = args.out[0].type.shape.count();
      T* y = args.out[0].data<T>();
      const T* x = args.in[0].data<T>();
      if constexpr (std::is_invocable_v<decltype(f), float>)
        launch_elementwise(f, count, stream, y, x);
      else
        launch_elementwise(f, count, stream, y, x, static_cast<const T*>(args.in[1].data<T>()));
    });
  }
};

}  // namespace tuna::BACKEND
