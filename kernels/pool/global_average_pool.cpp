#include "kernels/pool/global_average_pool.h"

#include <algorithm>

#include "kernels/parallel.h"

namespace tuna {

Tensors GlobalAveragePool::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(GlobalAveragePoolBackward(in[0].shape().h, in[0].shape().w), {dout[0]});
}

namespace {

KernelFor<GlobalAveragePool, Backend::ref> reference([](const GlobalAveragePool&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t n = 0; n < x.shape.n; ++n)
    for (int64_t c = 0; c < x.shape.c; ++c) {
      Real sum = 0;
      for (int64_t p = 0; p < x.shape.pixels(); ++p) sum += x(n, p, c);
      y(n, 0, c) = sum / Real(x.shape.pixels());
    }
});

KernelFor<GlobalAveragePoolBackward, Backend::ref> reference_backward([](const GlobalAveragePoolBackward&, auto real,
                                                                         const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  for (int64_t n = 0; n < dx.shape.n; ++n)
    for (int64_t p = 0; p < dx.shape.pixels(); ++p)
      for (int64_t c = 0; c < dx.shape.c; ++c) dx(n, p, c) = dy(n, 0, c) / Real(dx.shape.pixels());
});

// Sums of a few pixels in f32, whole sums in f64.
KernelFor<GlobalAveragePool, Backend::cpu> fast([](const GlobalAveragePool&, const Args& args) {
  constexpr int64_t kChannelsAtOnce = 64, kPixelsAtOnce = 64;
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const int64_t pixels = x.shape.pixels(), blocks = (x.shape.c + kChannelsAtOnce - 1) / kChannelsAtOnce;
  parallel_items(x.shape.n * blocks, pixels * kChannelsAtOnce, [&](int64_t item) {
    const int64_t n = item / blocks, first = item % blocks * kChannelsAtOnce,
                  count = std::min(kChannelsAtOnce, x.shape.c - first);
    double total[kChannelsAtOnce] = {};
    for (int64_t begin = 0; begin < pixels; begin += kPixelsAtOnce) {
      float sum[kChannelsAtOnce] = {};
      for (int64_t p = begin; p < std::min(pixels, begin + kPixelsAtOnce); ++p)
        for (int64_t c = 0; c < count; ++c) sum[c] += x(n, p, first + c);
      for (int64_t c = 0; c < count; ++c) total[c] += double(sum[c]);
    }
    for (int64_t c = 0; c < count; ++c) y(n, 0, first + c) = float(total[c] / double(pixels));
  });
});

KernelFor<GlobalAveragePoolBackward, Backend::cpu> fast_backward([](const GlobalAveragePoolBackward&,
                                                                    const Args& args) {
  const auto dy = args.in[0].as<float>(), dx = args.out[0].as<float>();
  const int64_t pixels = dx.shape.pixels();
  const float share = 1 / float(pixels);
  parallel_items(dx.shape.n * pixels, dx.shape.c, [&](int64_t item) {
    const int64_t n = item / pixels, p = item % pixels;
    for (int64_t c = 0; c < dx.shape.c; ++c) dx(n, p, c) = dy(n, 0, c) * share;
  });
});

}  // namespace
}  // namespace tuna
