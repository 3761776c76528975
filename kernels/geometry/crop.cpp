#include "kernels/geometry/crop.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"

namespace tuna {

Types Crop::infer(const Types& in) const {
  const auto [n, h, w, c] = in[0].shape;
  check(top >= 0 && left >= 0 && height > 0 && width > 0 && top + height <= h && left + width <= w,
        "crop: {} x {} pixels from ({}, {}) do not lie in {}", height, width, top, left, in[0].shape);
  return {{in[0].dtype, {n, height, width, c}}};
}

Tensors Crop::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(CropBackward(top, left, in[0].shape().h, in[0].shape().w), {dout[0]});
}

Types CropBackward::infer(const Types& in) const {
  return {{in[0].dtype, {in[0].shape.n, height, width, in[0].shape.c}}};
}

namespace {

KernelFor<Crop, Backend::ref> forward_reference([](const Crop& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t i = 0; i < y.shape.h; ++i)
      for (int64_t j = 0; j < y.shape.w; ++j)
        for (int64_t c = 0; c < y.shape.c; ++c) y(n, i, j, c) = x(n, op.top + i, op.left + j, c);
});

KernelFor<CropBackward, Backend::ref> backward_reference([](const CropBackward& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  std::fill_n(dx.data, dx.count(), Real(0));
  for (int64_t n = 0; n < dy.shape.n; ++n)
    for (int64_t i = 0; i < dy.shape.h; ++i)
      for (int64_t j = 0; j < dy.shape.w; ++j)
        for (int64_t c = 0; c < dy.shape.c; ++c) dx(n, op.top + i, op.left + j, c) = dy(n, i, j, c);
});

KernelFor<Crop, Backend::cpu> forward([](const Crop& op, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const int64_t row_size = y.shape.w * y.shape.c;
  parallel_items(y.shape.n * y.shape.h, row_size, [=, &op](int64_t row) {
    std::copy_n(&x(row / y.shape.h, op.top + row % y.shape.h, op.left, 0), row_size, y.data + row * row_size);
  });
});

KernelFor<CropBackward, Backend::cpu> backward([](const CropBackward& op, const Args& args) {
  const auto dy = args.in[0].as<float>(), dx = args.out[0].as<float>();
  const int64_t channels = dx.shape.c, row_size = dx.shape.w * channels;
  const int64_t before = op.left * channels, window = dy.shape.w * channels, after = row_size - before - window;
  parallel_items(dx.shape.n * dx.shape.h, row_size, [=, &op](int64_t row) {
    const int64_t n = row / dx.shape.h, i = row % dx.shape.h - op.top;
    float* to = dx.data + row * row_size;
    if (i < 0 || i >= dy.shape.h) {
      std::fill_n(to, row_size, 0.f);
      return;
    }
    std::fill_n(to, before, 0.f);
    std::copy_n(&dy(n, i, 0, 0), window, to + before);
    std::fill_n(to + before + window, after, 0.f);
  });
});

}  // namespace
}  // namespace tuna
