#include "kernels/geometry/flip.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"

namespace tuna {

Tensors Flip::grad(const Tensors&, const Tensors&, const Tensors& dout) const { return {flip(dout[0])}; }

namespace {

KernelFor<Flip, Backend::ref> reference([](const Flip&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t i = 0; i < y.shape.h; ++i)
      for (int64_t j = 0; j < y.shape.w; ++j)
        for (int64_t c = 0; c < y.shape.c; ++c) y(n, i, j, c) = x(n, i, y.shape.w - 1 - j, c);
});

KernelFor<Flip, Backend::cpu> fast([](const Flip&, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const int64_t width = y.shape.w, channels = y.shape.c;
  parallel_items(y.shape.n * y.shape.h, width * channels, [=](int64_t row) {
    const float* from = x.data + row * width * channels;
    float* to = y.data + row * width * channels;
    if (channels == 1) {
      std::reverse_copy(from, from + width, to);
      return;
    }
    for (int64_t j = 0; j < width; ++j) std::copy_n(from + (width - 1 - j) * channels, channels, to + j * channels);
  });
});

}  // namespace
}  // namespace tuna
