// The kernel of ops that work element by element.
#pragma once

#include "kernels/device/vector.cuh"

namespace tuna::BACKEND {

/// y[i] = f(x[i], ...) in f32, kWidth neighbours per thread; the last thread handles the rest.  y may be an x.
template <int kWidth, class F, class T, class... Inputs>
KERNEL map_elements(F f, size_t count, T* y, const Inputs*... x) {
  const size_t first = (size_t(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (first + kWidth <= count)
    store(y + first, map(f, load<kWidth>(x + first)...));
  else
    for (size_t i = first; i < count; ++i) y[i] = T(f(float(x[i])...));
}

struct Copy {
  DEVICE float operator()(float x) const { return x; }
};

}  // namespace tuna::BACKEND
