#include "kernels/pool/max_pool2d.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"
#include "kernels/pool/window.h"

namespace tuna {

using BACKEND::beats, BACKEND::outputs_of, BACKEND::pixels_of, BACKEND::Range;

Types MaxPool2d::infer(const Types& in) const {
  const Shape x = in[0].shape;
  check(kernel > 0 && stride > 0 && padding >= 0,
        "max_pool2d: kernel and stride must be positive and padding at least 0, got kernel {}, stride {}, padding {}",
        kernel, stride, padding);
  check(padding <= kernel / 2, "max_pool2d: padding {} is over half the kernel, {}", padding, kernel);
  check(std::min(x.h, x.w) + 2 * padding >= kernel, "max_pool2d: kernel {} is larger than the padded {}", kernel, x);
  check(std::max(kernel, stride) <= INT32_MAX - x.pixels(),
        "max_pool2d: kernel {} and stride {} on {} need more than an i32 to count pixels", kernel, stride, x);
  const Shape y{x.n, (x.h + 2 * padding - kernel) / stride + 1, (x.w + 2 * padding - kernel) / stride + 1, x.c};
  return {{in[0].dtype, y}, {DType::i32, y}};
}

Tensors MaxPool2d::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  return record(MaxPool2dBackward(*this, in[0].type()), {out[1], dout[0]});
}

namespace {

KernelFor<MaxPool2d, Backend::ref> forward_reference([](const MaxPool2d& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const auto argmax = args.out[1].as<int32_t>();
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t h = 0; h < y.shape.h; ++h)
      for (int64_t w = 0; w < y.shape.w; ++w)
        for (int64_t c = 0; c < y.shape.c; ++c) {
          const Range rows = pixels_of(op, h, x.shape.h), columns = pixels_of(op, w, x.shape.w);
          int64_t best = rows.begin * x.shape.w + columns.begin;
          for (int64_t i = rows.begin; i < rows.end; ++i)
            for (int64_t j = columns.begin; j < columns.end; ++j)
              if (beats(x(n, i, j, c), x(n, best, c))) best = i * x.shape.w + j;
          y(n, h, w, c) = x(n, best, c);
          argmax(n, h, w, c) = int32_t(best);
        }
});

KernelFor<MaxPool2dBackward, Backend::ref> backward_reference([](const MaxPool2dBackward&, auto real,
                                                                 const Args& args) {
  using Real = decltype(real);
  const auto argmax = args.in[0].as<int32_t>();
  const auto dy = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  std::fill_n(dx.data, dx.count(), Real(0));
  for (int64_t n = 0; n < dy.shape.n; ++n)
    for (int64_t p = 0; p < dy.shape.pixels(); ++p)
      for (int64_t c = 0; c < dy.shape.c; ++c) dx(n, argmax(n, p, c), c) += dy(n, p, c);
});

KernelFor<MaxPool2d, Backend::cpu> forward([](const MaxPool2d& op, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const auto argmax = args.out[1].as<int32_t>();
  const int64_t channels = y.shape.c, reads = op.kernel * op.kernel;

  parallel_items(y.shape.n * y.shape.h, y.shape.w * channels * reads, [&](int64_t row) {
    const int64_t n = row / y.shape.h, h = row % y.shape.h;
    const Range rows = pixels_of(op, h, x.shape.h);
    for (int64_t w = 0; w < y.shape.w; ++w) {
      const Range columns = pixels_of(op, w, x.shape.w);
      float* best = &y(n, h, w, 0);
      int32_t* place = &argmax(n, h, w, 0);
      std::copy_n(&x(n, rows.begin, columns.begin, 0), channels, best);
      std::fill_n(place, channels, int32_t(rows.begin * x.shape.w + columns.begin));
      for (int64_t i = rows.begin; i < rows.end; ++i)
        for (int64_t j = columns.begin; j < columns.end; ++j) {
          const float* values = &x(n, i, j, 0);
          const int32_t here = int32_t(i * x.shape.w + j);
#pragma omp simd
          for (int64_t c = 0; c < channels; ++c) {
            const bool better = beats(values[c], best[c]);
            best[c] = better ? values[c] : best[c];
            place[c] = better ? here : place[c];
          }
        }
    }
  });
});

// Each pixel gathers from its windows in a fixed order, so threads never add to the same one.
KernelFor<MaxPool2dBackward, Backend::cpu> backward([](const MaxPool2dBackward& op, const Args& args) {
  const auto argmax = args.in[0].as<int32_t>();
  const auto dy = args.in[1].as<float>(), dx = args.out[0].as<float>();
  const int64_t channels = dx.shape.c;

  parallel_items(dx.shape.n * dx.shape.h, 2 * dx.shape.w * channels, [&](int64_t row) {
    const int64_t n = row / dx.shape.h, h = row % dx.shape.h;
    const Range rows = outputs_of(op.pool, h, dy.shape.h);
    for (int64_t w = 0; w < dx.shape.w; ++w) {
      const Range columns = outputs_of(op.pool, w, dy.shape.w);
      const int32_t here = int32_t(h * dx.shape.w + w);
      float* sum = &dx(n, h, w, 0);
      std::fill_n(sum, channels, 0.0f);
      for (int64_t i = rows.begin; i < rows.end; ++i)
        for (int64_t j = columns.begin; j < columns.end; ++j) {
          const float* gradient = &dy(n, i, j, 0);
          const int32_t* place = &argmax(n, i, j, 0);
#pragma omp simd
          for (int64_t c = 0; c < channels; ++c) sum[c] += place[c] == here ? gradient[c] : 0.0f;
        }
    }
  });
});

}  // namespace
}  // namespace tuna
