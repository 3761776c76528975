#include "kernels/pool/max_pool2d.h"

#include <limits>

#include "kernels/parallel.h"

namespace tuna {

Types MaxPool2d::infer(const Types& in) const {
  const Shape x = in[0].shape;
  check(kernel >= 1 && stride >= 1 && padding >= 0 && 2 * padding <= kernel,
        "max_pool2d: kernel {}, stride {}, padding {}", kernel, stride, padding);
  check(x.h + 2 * padding >= kernel && x.w + 2 * padding >= kernel, "max_pool2d: the kernel {} is larger than {}",
        kernel, x);
  const auto size = [&](int64_t pixels) { return (pixels + 2 * padding - kernel) / stride + 1; };
  const Shape y{x.n, size(x.h), size(x.w), x.c};
  return {{in[0].dtype, y}, {DType::i32, y}};
}

Tensors MaxPool2d::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  const Shape& x = in[0].shape();
  return record(MaxPool2dBackward(*this, x.h, x.w), {out[1], dout[0]});
}

Types MaxPool2dBackward::infer(const Types& in) const {
  return {{in[1].dtype, {in[1].shape.n, height, width, in[1].shape.c}}};
}

namespace {

/// The pixels begin ... end - 1 of one axis that a window covers.
struct Window {
  int64_t begin, end;
};

Window covered(int64_t out, int64_t size, int kernel, int stride, int padding) {
  const int64_t first = out * stride - padding;
  return {std::max<int64_t>(0, first), std::min(size, first + kernel)};
}

/// The windows that cover a pixel.
Window covering(int64_t pixel, int64_t windows, int kernel, int stride, int padding) {
  const int64_t last = (pixel + padding) / stride, first = pixel + padding - kernel + stride;
  return {first < 0 ? 0 : first / stride, std::min(windows, last + 1)};
}

KernelFor<MaxPool2d, Backend::ref> reference([](const MaxPool2d& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const auto winner = args.out[1].as<int32_t>();
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t i = 0; i < y.shape.h; ++i)
      for (int64_t j = 0; j < y.shape.w; ++j)
        for (int64_t c = 0; c < y.shape.c; ++c) {
          const Window rows = covered(i, x.shape.h, op.kernel, op.stride, op.padding),
                       columns = covered(j, x.shape.w, op.kernel, op.stride, op.padding);
          int64_t best = rows.begin * x.shape.w + columns.begin;
          for (int64_t h = rows.begin; h < rows.end; ++h)
            for (int64_t w = columns.begin; w < columns.end; ++w)
              if (x(n, h, w, c) > x(n, best, c)) best = h * x.shape.w + w;
          y(n, i, j, c) = x(n, best, c);
          winner(n, i, j, c) = int32_t(best);
        }
});

KernelFor<MaxPool2dBackward, Backend::ref> reference_backward([](const MaxPool2dBackward&, auto real,
                                                                 const Args& args) {
  using Real = decltype(real);
  const auto winner = args.in[0].as<int32_t>();
  const auto dy = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  std::fill_n(dx.data, dx.count(), Real(0));
  for (int64_t n = 0; n < dy.shape.n; ++n)
    for (int64_t p = 0; p < dy.shape.pixels(); ++p)
      for (int64_t c = 0; c < dy.shape.c; ++c) dx(n, winner(n, p, c), c) += dy(n, p, c);
});

KernelFor<MaxPool2d, Backend::cpu> fast([](const MaxPool2d& op, const Args& args) {
  const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
  const auto winner = args.out[1].as<int32_t>();
  const int64_t channels = y.shape.c;
  parallel_items(y.shape.n * y.shape.h, y.shape.w * channels * op.kernel * op.kernel, [&](int64_t row) {
    const int64_t n = row / y.shape.h, i = row % y.shape.h;
    const Window rows = covered(i, x.shape.h, op.kernel, op.stride, op.padding);
    for (int64_t j = 0; j < y.shape.w; ++j) {
      const Window columns = covered(j, x.shape.w, op.kernel, op.stride, op.padding);
      float* best = &y(n, i, j, 0);
      int32_t* from = &winner(n, i, j, 0);
      const auto first = int32_t(rows.begin * x.shape.w + columns.begin);
      const float* corner = &x(n, rows.begin, columns.begin, 0);
      for (int64_t c = 0; c < channels; ++c) {
        best[c] = corner[c];
        from[c] = first;
      }
      for (int64_t h = rows.begin; h < rows.end; ++h)
        for (int64_t w = columns.begin; w < columns.end; ++w) {
          const float* value = &x(n, h, w, 0);
          const auto pixel = int32_t(h * x.shape.w + w);
          for (int64_t c = 0; c < channels; ++c) {
            from[c] = value[c] > best[c] ? pixel : from[c];
            best[c] = value[c] > best[c] ? value[c] : best[c];
          }
        }
    }
  });
});

KernelFor<MaxPool2dBackward, Backend::cpu> fast_backward([](const MaxPool2dBackward& op, const Args& args) {
  const auto winner = args.in[0].as<int32_t>();
  const auto dy = args.in[1].as<float>(), dx = args.out[0].as<float>();
  const int64_t channels = dx.shape.c;
  parallel_items(dx.shape.n * dx.shape.h, dx.shape.w * channels, [&](int64_t row) {
    const int64_t n = row / dx.shape.h, h = row % dx.shape.h;
    const Window rows = covering(h, dy.shape.h, op.kernel, op.stride, op.padding);
    for (int64_t w = 0; w < dx.shape.w; ++w) {
      const Window columns = covering(w, dy.shape.w, op.kernel, op.stride, op.padding);
      const auto pixel = int32_t(h * dx.shape.w + w);
      float* sum = &dx(n, h, w, 0);
      std::fill_n(sum, channels, 0.0f);
      for (int64_t i = rows.begin; i < rows.end; ++i)
        for (int64_t j = columns.begin; j < columns.end; ++j) {
          const int32_t* from = &winner(n, i, j, 0);
          const float* gradient = &dy(n, i, j, 0);
          for (int64_t c = 0; c < channels; ++c) sum[c] += from[c] == pixel ? gradient[c] : 0.0f;
        }
    }
  });
});

}  // namespace
}  // namespace tuna
