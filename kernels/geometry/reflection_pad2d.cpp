#include "kernels/geometry/reflection_pad2d.h"

#include <algorithm>

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

// A row of y is a row of x with its ends reflected; all but the ends is one block.
KernelFor<ReflectionPad2d, Backend::cpu> forward([](const ReflectionPad2d& op, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const int64_t padding = op.padding, width = x.shape.w, channels = x.shape.c;
  parallel_items(y.shape.n * y.shape.h, y.shape.w * channels, [=](int64_t row) {
    const float* from = &x(row / y.shape.h, reflect(row % y.shape.h - padding, x.shape.h), 0, 0);
    float* to = y.data + row * y.shape.w * channels;
    for (int64_t j = 0; j < padding; ++j) to = std::copy_n(from + (padding - j) * channels, channels, to);
    to = std::copy_n(from, width * channels, to);
    for (int64_t j = 0; j < padding; ++j) to = std::copy_n(from + (width - 2 - j) * channels, channels, to);
  });
});

void add_to(float* sum, const float* term, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) sum[i] += term[i];
}

// Gathers: a row of dx is the sum of one to three rows of dy, whose reflected ends are added in turn.
KernelFor<ReflectionPad2dBackward, Backend::cpu> backward([](const ReflectionPad2dBackward& op, const Args& args) {
  const auto dy = args.in[0].as<float>(), dx = args.out[0].as<float>();
  const int64_t padding = op.padding, height = dx.shape.h, width = dx.shape.w, channels = dx.shape.c;
  parallel_items(dx.shape.n * height, width * channels, [=](int64_t row) {
    const int64_t n = row / height, i = row % height;
    float* to = dx.data + row * width * channels;
    const auto add_row = [&](int64_t source, bool first) {
      const float* from = &dy(n, source, 0, 0);
      if (first)
        std::copy_n(from + padding * channels, width * channels, to);
      else
        add_to(to, from + padding * channels, width * channels);
      for (int64_t j = 1; j <= padding; ++j) add_to(to + j * channels, from + (padding - j) * channels, channels);
      for (int64_t j = 1; j <= padding; ++j)
        add_to(to + (width - 1 - j) * channels, from + (padding + width - 1 + j) * channels, channels);
    };
    add_row(padding + i, true);
    if (1 <= i && i <= padding) add_row(padding - i, false);
    const int64_t from_end = height - 1 - i;
    if (1 <= from_end && from_end <= padding) add_row(padding + height - 1 + from_end, false);
  });
});

}  // namespace
}  // namespace tuna
