#include "kernels/norm/instance_norm.h"

#include <cmath>

#include "engine/program/kernel_registry.h"
#include "kernels/norm/instance_norm_passes.h"

namespace tuna {

Types InstanceNorm::infer(const Types& in) const {
  const Shape shape = in[0].shape;
  check(shape.pixels() > 1, "instance_norm: needs more than one pixel per channel, got {}", shape);
  const Type statistic{accumulation_type(in[0].dtype), {shape.n, 1, 1, shape.c}};
  return {in[0], statistic, statistic};
}

Tensors InstanceNorm::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  check(!dout[1] && !dout[2], "instance_norm: its statistics have no gradient");
  return record(InstanceNormBackward(), {in[0], out[1], out[2], dout[0]});
}

// The definition, in plain loops: what every other backend is compared with.
namespace {

KernelFor<InstanceNorm, Backend::ref> forward_reference([](const InstanceNorm& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>(), mean = args.out[1].as<Real>(),
             rstd = args.out[2].as<Real>();
  const int64_t pixels = x.shape.pixels();

  for (int64_t n = 0; n < x.shape.n; ++n)
    for (int64_t c = 0; c < x.shape.c; ++c) {
      Real sum = 0, squares = 0;
      for (int64_t p = 0; p < pixels; ++p) sum += x(n, p, c);
      const Real average = sum / Real(pixels);
      for (int64_t p = 0; p < pixels; ++p) squares += (x(n, p, c) - average) * (x(n, p, c) - average);

      mean(n, 0, c) = average;
      rstd(n, 0, c) = 1 / std::sqrt(squares / Real(pixels) + Real(op.eps));
      for (int64_t p = 0; p < pixels; ++p) y(n, p, c) = (x(n, p, c) - average) * rstd(n, 0, c);
    }
});

KernelFor<InstanceNormBackward, Backend::ref> backward_reference([](const InstanceNormBackward&, auto real,
                                                                    const Args& args) {
  using Real = decltype(real);
  using In = InstanceNormBackward::In;
  const auto x = args.in[In::x].as<Real>(), mean = args.in[In::mean].as<Real>(), rstd = args.in[In::rstd].as<Real>(),
             dy = args.in[In::dy].as<Real>(), dx = args.out[0].as<Real>();
  const int64_t pixels = x.shape.pixels();

  for (int64_t n = 0; n < x.shape.n; ++n)
    for (int64_t c = 0; c < x.shape.c; ++c) {
      const auto xhat = [&](int64_t p) { return (x(n, p, c) - mean(n, 0, c)) * rstd(n, 0, c); };
      Real sum_dy = 0, sum_dy_xhat = 0;
      for (int64_t p = 0; p < pixels; ++p) {
        sum_dy += dy(n, p, c);
        sum_dy_xhat += dy(n, p, c) * xhat(p);
      }
      for (int64_t p = 0; p < pixels; ++p)
        dx(n, p, c) = rstd(n, 0, c) * (dy(n, p, c) - sum_dy / Real(pixels) - xhat(p) * sum_dy_xhat / Real(pixels));
    }
});

KernelFor<InstanceNorm, Backend::cpu> forward([](const InstanceNorm& op, const Types& in, const Types&, const Target&) {
  const PixelGrid grid = PixelGrid::per_sample(in[0]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float* x = args.in[0].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    instance_norm_statistics(work, x, op.eps, args.out[1].as<float>(), args.out[2].as<float>());
                    normalise(work, x, args.out[0].data<float>());
                  }};
});

KernelFor<InstanceNormBackward, Backend::cpu> backward([](const InstanceNormBackward&, const Types& in, const Types&,
                                                          const Target&) {
  using In = InstanceNormBackward::In;
  const PixelGrid grid = PixelGrid::per_sample(in[In::x]);
  return Prepared{grid.workspace(), [grid](const Args& args, Stream&) {
                    const PixelWorkspace work(grid, args.workspace);
                    instance_norm_backward_from(work, args.in[In::x].data<float>(), args.in[In::dy].data<float>(),
                                                args.in[In::mean].as<float>(), args.in[In::rstd].as<float>(),
                                                args.out[0].data<float>());
                  }};
});

}  // namespace

void instance_norm_statistics(const PixelWorkspace& work, const float* x, double eps, Elements<float> mean,
                              Elements<float> rstd) {
  reduce_moments(work, x);
  for (int64_t n = 0; n < work.grid.samples; ++n)
    for (int64_t c = 0; c < work.grid.channels; ++c) {
      const double average = work.total(n, 0, c), variance = work.total(n, 1, c) / double(work.grid.pixels);
      const double scale = 1 / std::sqrt(variance + eps);
      mean(n, 0, c) = float(average);
      rstd(n, 0, c) = float(scale);
      set_normalise(work, n, c, average, scale, 0);
    }
}

void instance_norm_backward_from(const PixelWorkspace& work, const float* x, const float* dy, Elements<float> mean,
                                 Elements<float> rstd, float* dx) {
  for (int64_t n = 0; n < work.grid.samples; ++n)
    for (int64_t c = 0; c < work.grid.channels; ++c) work.set(n, 0, c, mean(n, 0, c));
  reduce_gradient(work, x, dy);
  for (int64_t n = 0; n < work.grid.samples; ++n)
    for (int64_t c = 0; c < work.grid.channels; ++c) {
      const double scale = rstd(n, 0, c), pixels = double(work.grid.pixels);
      work.set(n, 1, c, -scale * scale * scale * work.total(n, 1, c) / pixels);
      work.set(n, 2, c, -scale * work.total(n, 0, c) / pixels);
      work.set(n, 3, c, scale);
    }
  normalise_backward(work, x, dy, dx);
}

}  // namespace tuna
