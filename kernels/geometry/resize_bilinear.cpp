#include "kernels/geometry/resize_bilinear.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "kernels/parallel.h"

namespace tuna {

Types ResizeBilinear::infer(const Types& in) const {
  check(height > 0 && width > 0, "resize_bilinear: cannot resize {} to a size of {} x {}", in[0].shape, height, width);
  return {{in[0].dtype, {in[0].shape.n, height, width, in[0].shape.c}}};
}

Tensors ResizeBilinear::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(ResizeBilinearBackward(in[0].shape().h, in[0].shape().w), {dout[0]});
}

Types ResizeBilinearBackward::infer(const Types& in) const {
  return {{in[0].dtype, {in[0].shape.n, height, width, in[0].shape.c}}};
}

namespace {

struct Tap {
  int64_t source;
  double weight;
};

/// One axis of an interpolation: for each position of the output, the weighted positions of the input.
using Axis = std::vector<std::vector<Tap>>;

Axis interpolation(int64_t from, int64_t to) {
  Axis axis(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; ++i) {
    const double position = (double(i) + 0.5) * double(from) / double(to) - 0.5;
    const double inside = std::clamp(position, 0.0, double(from - 1));
    const auto before = int64_t(inside);
    const double fraction = inside - double(before);
    axis[size_t(i)].push_back({before, 1 - fraction});
    if (fraction > 0) axis[size_t(i)].push_back({before + 1, fraction});
  }
  return axis;
}

// The transpose of interpolation(from, to): for each position of the input, the weighted positions of the output.
Axis transposed_interpolation(int64_t from, int64_t to) {
  const Axis axis = interpolation(from, to);
  Axis transposed(static_cast<size_t>(from));
  for (int64_t i = 0; i < to; ++i)
    for (const Tap& tap : axis[size_t(i)]) transposed[size_t(tap.source)].push_back({i, tap.weight});
  return transposed;
}

KernelFor<ResizeBilinear, Backend::ref> forward_reference([](const ResizeBilinear& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const Axis rows = interpolation(x.shape.h, op.height), columns = interpolation(x.shape.w, op.width);
  std::fill_n(y.data, y.count(), Real(0));
  for (int64_t n = 0; n < y.shape.n; ++n)
    for (int64_t i = 0; i < y.shape.h; ++i)
      for (int64_t j = 0; j < y.shape.w; ++j)
        for (const Tap& row : rows[size_t(i)])
          for (const Tap& column : columns[size_t(j)])
            for (int64_t c = 0; c < y.shape.c; ++c)
              y(n, i, j, c) += Real(row.weight * column.weight) * x(n, row.source, column.source, c);
});

KernelFor<ResizeBilinearBackward, Backend::ref> backward_reference([](const ResizeBilinearBackward& op, auto real,
                                                                      const Args& args) {
  using Real = decltype(real);
  const auto dy = args.in[0].as<Real>(), dx = args.out[0].as<Real>();
  const Axis rows = interpolation(op.height, dy.shape.h), columns = interpolation(op.width, dy.shape.w);
  std::fill_n(dx.data, dx.count(), Real(0));
  for (int64_t n = 0; n < dy.shape.n; ++n)
    for (int64_t i = 0; i < dy.shape.h; ++i)
      for (int64_t j = 0; j < dy.shape.w; ++j)
        for (const Tap& row : rows[size_t(i)])
          for (const Tap& column : columns[size_t(j)])
            for (int64_t c = 0; c < dy.shape.c; ++c)
              dx(n, row.source, column.source, c) += Real(row.weight * column.weight) * dy(n, i, j, c);
});

// to = the weighted sum of the taps' rows, each of `count` elements.
void interpolate_between_rows(const std::vector<Tap>& taps, const float* rows, int64_t count, float* to) {
  std::fill_n(to, count, 0.f);  // stays 0 in the gradient of pixels that a much smaller image does not read
  for (const Tap& tap : taps) {
    const float *row = rows + tap.source * count, weight = float(tap.weight);
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) to[i] += weight * row[i];
  }
}

/// The interpolation along a row, element by element and with equally many taps for each, so that the loop over the
/// elements is vectorised for any number of channels.
class AlongRow {
 public:
  AlongRow(const Axis& columns, int64_t channels) : count_(int64_t(columns.size()) * channels) {
    size_t most = 0;
    for (const auto& taps : columns) most = std::max(most, taps.size());
    for (size_t k = 0; k < most; ++k)
      for (const auto& taps : columns)
        for (int64_t c = 0; c < channels; ++c) {
          const Tap tap = k < taps.size() ? taps[k] : Tap{taps.empty() ? 0 : taps[0].source, 0};
          source_.push_back(int32_t(tap.source * channels + c));
          weight_.push_back(float(tap.weight));
        }
  }

  void operator()(const float* from, float* to) const {
    std::fill_n(to, count_, 0.f);
    for (size_t k = 0; k < source_.size(); k += size_t(count_)) {
      const int32_t* source = &source_[k];
      const float* weight = &weight_[k];
#pragma omp simd
      for (int64_t i = 0; i < count_; ++i) to[i] += weight[i] * from[source[i]];
    }
  }

 private:
  int64_t count_;
  std::vector<int32_t> source_;  // [taps][pixels][channels], as is weight_
  std::vector<float> weight_;
};

// Each row of y is first interpolated between rows of x, then along itself; with transposed axes that is the gradient.
Prepared separable(const Axis& rows, const Axis& columns, int64_t channels) {
  return {0, [rows, along_row = AlongRow(columns, channels)](const Args& args, Stream&) {
            const auto x = args.in[0].as<float>(), y = args.out[0].as<float>();
            const int64_t row_of_x = x.shape.w * x.shape.c, row_of_y = y.shape.w * y.shape.c;
            const int64_t chunk = std::max<int64_t>(1, kElementsPerChunk / row_of_y);
            parallel_chunks(y.shape.n * y.shape.h, chunk, [&](int64_t begin, int64_t end) {
              std::vector<float> between(static_cast<size_t>(row_of_x));
              for (int64_t row = begin; row < end; ++row) {
                const float* sample = x.data + row / y.shape.h * x.shape.h * row_of_x;
                interpolate_between_rows(rows[size_t(row % y.shape.h)], sample, row_of_x, between.data());
                along_row(between.data(), y.data + row * row_of_y);
              }
            });
          }};
}

KernelFor<ResizeBilinear, Backend::cpu> forward([](const ResizeBilinear& op, const Types& in, const Types&,
                                                   const Target&) {
  return separable(interpolation(in[0].shape.h, op.height), interpolation(in[0].shape.w, op.width), in[0].shape.c);
});

KernelFor<ResizeBilinearBackward, Backend::cpu> backward([](const ResizeBilinearBackward& op, const Types& in,
                                                            const Types&, const Target&) {
  return separable(transposed_interpolation(op.height, in[0].shape.h),
                   transposed_interpolation(op.width, in[0].shape.w), in[0].shape.c);
});

}  // namespace
}  // namespace tuna
