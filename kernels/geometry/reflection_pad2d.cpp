#include "kernels/geometry/reflection_pad2d.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/geometry/reflected_rows.h"
#include "kernels/parallel.h"

namespace tuna {

Types ReflectionPad2d::infer(const Types& in) const {
  const auto [n, h, w, c] = in[0].shape;
  check(padding >= 0 && padding < std::min(h, w), "reflection_pad2d: a padding of {} does not fit {}", padding,
        in[0].shape);
  return {{in[0].dtype, {n, h + 2 * padding, w + 2 * padding, c}}};
}

Tensors ReflectionPad2d::grad(const Tensors&, const Tensors&, const Tensors& dout) const {
  return record(ReflectionPad2dBackward(padding), {dout[0]});
}

Types ReflectionPad2dBackward::infer(const Types& in) const {
  const auto [n, h, w, c] = in[0].shape;
  return {{in[0].dtype, {n, h - 2 * padding, w - 2 * padding, c}}};
}

namespace {

int64_t reflect(int64_t i, int64_t length) {
  if (i < 0) return -i;
  return i < length ? i : 2 * (length - 1) - i;
}

KernelFor<ReflectionPad2d, Backend::ref> forward_reference([](const ReflectionPad2d& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t i = 0; i < y.shape.h; ++i)
      for (int64_t j = 0; j < y.shape.w; ++j)
        for (int64_t c = 0; c < y.shape.c; ++c)
          y(n, i, j, c) = x(n, reflect(i - op.padding, x.shape.h), reflect(j - op.padding, x.shape.w), c);
});

KernelFor<ReflectionPad2dBackward, Backend::ref> backward_reference([](const ReflectionPad2dBackward& op, auto real,
                                                                       const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  std::fill_n(dx.data, dx.count(), Real(0));
  for (int64_t n = 0; n < dy.shape.n; ++n)
    for (int64_t i = 0; i < dy.shape.h; ++i)
      for (int64_t j = 0; j < dy.shape.w; ++j)
        for (int64_t c = 0; c < dy.shape.c; ++c)
          dx(n, reflect(i - op.padding, dx.shape.h), reflect(j - op.padding, dx.shape.w), c) += dy(n, i, j, c);
});

KernelFor<ReflectionPad2d, Backend::cpu> forward([](const ReflectionPad2d& op, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const ReflectedRows rows{x.shape.h, x.shape.w, x.shape.c, op.padding};
  const int64_t row_elements = rows.padded_width() * rows.channels;
  parallel_items(y.shape.n * y.shape.h, row_elements, [=](int64_t row) {
    const float* from = &x(row / y.shape.h, reflect(row % y.shape.h - rows.padding, rows.height), 0, 0);
    float* to = y.data + row * row_elements;
    std::copy_n(from, rows.width * rows.channels, to + rows.padding * rows.channels);
    rows.fill_ends(to);
  });
});

KernelFor<ReflectionPad2dBackward, Backend::cpu> backward([](const ReflectionPad2dBackward& op, const Args& args) {
  const auto dy = args.in[0].as<float>(), dx = args.out[0].as<float>();
  const ReflectedRows rows{dx.shape.h, dx.shape.w, dx.shape.c, op.padding};
  parallel_items(dx.shape.n * rows.height, rows.width * rows.channels, [=](int64_t row) {
    rows.gather_row(&dy(row / rows.height, 0, 0, 0), row % rows.height, dx.data + row * rows.width * rows.channels);
  });
});

}  // namespace
}  // namespace tuna
