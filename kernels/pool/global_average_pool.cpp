#include "kernels/pool/global_average_pool.h"

#include "engine/program/kernel_registry.h"
#include "kernels/norm/pixel_reduce.h"
#include "kernels/parallel.h"

namespace tuna {

Tensors GlobalAveragePool::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(GlobalAveragePoolBackward(in[0].type()), {dout[0]});
}

namespace {

KernelFor<GlobalAveragePool, Backend::ref> forward_reference([](const GlobalAveragePool&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t n = 0; n < x.shape.n; ++n)
    for (int64_t c = 0; c < x.shape.c; ++c) {
      Real sum = 0;
      for (int64_t p = 0; p < x.shape.pixels(); ++p) sum += x(n, p, c);
      y(n, 0, c) = sum / Real(x.shape.pixels());
    }
});

KernelFor<GlobalAveragePoolBackward, Backend::ref> backward_reference([](const GlobalAveragePoolBackward&, auto real,
                                                                         const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  for (int64_t n = 0; n < dx.shape.n; ++n)
    for (int64_t p = 0; p < dx.shape.pixels(); ++p)
      for (int64_t c = 0; c < dx.shape.c; ++c) dx(n, p, c) = dy(n, 0, c) / Real(dx.shape.pixels());
});

// The features are few here, so the mean that the norms compute is fast enough.
KernelFor<GlobalAveragePool, Backend::cpu> forward([](const GlobalAveragePool&, const Types& in, const Types&,
                                                      const Target&) {
  const PixelGrid grid = PixelGrid::per_sample(in[0]);
  return Prepared{grid.workspace(), [grid](const Args& args, Stream&) {
                    const PixelWorkspace work(grid, args.workspace);
                    const auto y = args.out[0].as<float>();
                    reduce_moments(work, args.in[0].data<float>());
                    for (int64_t n = 0; n < grid.samples; ++n)
                      for (int64_t c = 0; c < grid.channels; ++c) y(n, 0, c) = float(work.total(n, 0, c));
                  }};
});

KernelFor<GlobalAveragePoolBackward, Backend::cpu> backward([](const GlobalAveragePoolBackward&, const Args& args) {
  const auto dy = args.in[0].as<float>(), dx = args.out[0].as<float>();
  const int64_t pixels = dx.shape.pixels(), channels = dx.shape.c;
  const float share = 1 / float(pixels);
  parallel_items(dx.shape.n * pixels, channels, [&](int64_t pixel) {
    const float* from = dy.data + pixel / pixels * channels;
    float* to = dx.data + pixel * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) to[c] = share * from[c];
  });
});

}  // namespace
}  // namespace tuna
