#include "kernels/norm/batch_norm.h"

#include <cmath>

#include "engine/program/kernel_registry.h"
#include "kernels/norm/pixel_reduce.h"

namespace tuna {

Types BatchNorm::infer(const Types& in) const {
  const Type& x = in[In::x];
  const Shape shape = x.shape;
  const Type channel{accumulation_type(x.dtype), {1, 1, 1, shape.c}};
  for (size_t i = 1; i < in.size(); ++i)
    check(in[i] == channel, "batch_norm: of {}, weight, bias and running statistics must be {}, got {}", x, channel,
          in[i]);
  check(shape.n * shape.pixels() > 1, "batch_norm: needs more than one value per channel when training, got {}", shape);
  return {x, channel, channel, channel, channel};
}

Tensors BatchNorm::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  for (size_t i = 1; i < dout.size(); ++i) check(!dout[i], "batch_norm: its statistics have no gradient");
  return record(BatchNormBackward(), {in[In::x], in[In::weight], out[Out::mean], out[Out::rstd], dout[Out::y]});
}

int BatchNorm::overwrites(int out) const {
  switch (out) {
    case Out::y:
      return In::x;
    case Out::running_mean:
      return In::running_mean;
    case Out::running_var:
      return In::running_var;
    default:
      return -1;
  }
}

// The definition, in plain loops.
namespace {

KernelFor<BatchNorm, Backend::ref> forward_reference([](const BatchNorm& op, auto real, const Args& args) {
  using Real = decltype(real);
  using In = BatchNorm::In;
  using Out = BatchNorm::Out;
  const auto x = args.in[In::x].as<Real>(), weight = args.in[In::weight].as<Real>(),
             bias = args.in[In::bias].as<Real>(), old_mean = args.in[In::running_mean].as<Real>(),
             old_var = args.in[In::running_var].as<Real>();
  const auto y = args.out[Out::y].as<Real>(), new_mean = args.out[Out::running_mean].as<Real>(),
             new_var = args.out[Out::running_var].as<Real>(), mean = args.out[Out::mean].as<Real>(),
             rstd = args.out[Out::rstd].as<Real>();
  const int64_t channels = x.shape.c, pixels = x.shape.n * x.shape.pixels();
  const Real momentum = Real(op.momentum);

  for (int64_t c = 0; c < channels; ++c) {
    Real sum = 0, squares = 0;
    for (int64_t p = 0; p < pixels; ++p) sum += x(0, p, c);
    mean[c] = sum / Real(pixels);
    for (int64_t p = 0; p < pixels; ++p) squares += (x(0, p, c) - mean[c]) * (x(0, p, c) - mean[c]);
    rstd[c] = 1 / std::sqrt(squares / Real(pixels) + Real(op.eps));

    new_mean[c] = (1 - momentum) * old_mean[c] + momentum * mean[c];
    new_var[c] = (1 - momentum) * old_var[c] + momentum * squares / Real(pixels - 1);
    for (int64_t p = 0; p < pixels; ++p) y(0, p, c) = (x(0, p, c) - mean[c]) * rstd[c] * weight[c] + bias[c];
  }
});

KernelFor<BatchNormBackward, Backend::ref> backward_reference([](const BatchNormBackward&, auto real,
                                                                 const Args& args) {
  using Real = decltype(real);
  using In = BatchNormBackward::In;
  const auto x = args.in[In::x].as<Real>(), weight = args.in[In::weight].as<Real>(),
             mean = args.in[In::mean].as<Real>(), rstd = args.in[In::rstd].as<Real>(), dy = args.in[In::dy].as<Real>();
  const auto dx = args.out[0].as<Real>(), dweight = args.out[1].as<Real>(), dbias = args.out[2].as<Real>();
  const int64_t channels = x.shape.c, pixels = x.shape.n * x.shape.pixels();

  for (int64_t c = 0; c < channels; ++c) {
    const auto xhat = [&](int64_t p) { return (x(0, p, c) - mean[c]) * rstd[c]; };
    dbias[c] = dweight[c] = 0;
    for (int64_t p = 0; p < pixels; ++p) {
      dbias[c] += dy(0, p, c);
      dweight[c] += dy(0, p, c) * xhat(p);
    }
    for (int64_t p = 0; p < pixels; ++p)
      dx(0, p, c) = weight[c] * rstd[c] * (dy(0, p, c) - dbias[c] / Real(pixels) - xhat(p) * dweight[c] / Real(pixels));
  }
});

KernelFor<BatchNorm, Backend::cpu> forward([](const BatchNorm& op, const Types& in, const Types&, const Target&) {
  using In = BatchNorm::In;
  using Out = BatchNorm::Out;
  const PixelGrid grid = PixelGrid::whole_batch(in[In::x]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *x = args.in[In::x].data<float>(), *weight = args.in[In::weight].data<float>(),
                                *bias = args.in[In::bias].data<float>(),
                                *old_mean = args.in[In::running_mean].data<float>(),
                                *old_var = args.in[In::running_var].data<float>();
                    float *new_mean = args.out[Out::running_mean].data<float>(),
                          *new_var = args.out[Out::running_var].data<float>(),
                          *mean = args.out[Out::mean].data<float>(), *rstd = args.out[Out::rstd].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    const double momentum = op.momentum;

                    reduce_moments(work, x);
                    for (int64_t c = 0; c < grid.channels; ++c) {
                      const double average = work.total(0, 0, c), squares = work.total(0, 1, c);
                      const double scale = 1 / std::sqrt(squares / double(grid.pixels) + op.eps);
                      mean[c] = float(average);
                      rstd[c] = float(scale);
                      new_mean[c] = float((1 - momentum) * old_mean[c] + momentum * average);
                      new_var[c] = float((1 - momentum) * old_var[c] + momentum * squares / double(grid.pixels - 1));
                      set_normalise(work, 0, c, average, scale * weight[c], bias[c]);
                    }
                    normalise(work, x, args.out[Out::y].data<float>());
                  }};
});

KernelFor<BatchNormBackward, Backend::cpu> backward([](const BatchNormBackward&, const Types& in, const Types&,
                                                       const Target&) {
  using In = BatchNormBackward::In;
  const PixelGrid grid = PixelGrid::whole_batch(in[In::x]);
  return Prepared{grid.workspace(), [grid](const Args& args, Stream&) {
                    const float *x = args.in[In::x].data<float>(), *weight = args.in[In::weight].data<float>(),
                                *mean = args.in[In::mean].data<float>(), *rstd = args.in[In::rstd].data<float>(),
                                *dy = args.in[In::dy].data<float>();
                    float *dweight = args.out[1].data<float>(), *dbias = args.out[2].data<float>();
                    const PixelWorkspace work(grid, args.workspace);

                    for (int64_t c = 0; c < grid.channels; ++c) work.set(0, 0, c, mean[c]);
                    reduce_gradient(work, x, dy);
                    for (int64_t c = 0; c < grid.channels; ++c) {
                      const double sum = work.total(0, 0, c), product = work.total(0, 1, c) * rstd[c];
                      const double scale = double(weight[c]) * rstd[c];
                      dbias[c] = float(sum);
                      dweight[c] = float(product);
                      work.set(0, 1, c, -scale * rstd[c] * product / double(grid.pixels));
                      work.set(0, 2, c, -scale * sum / double(grid.pixels));
                      work.set(0, 3, c, scale);
                    }
                    normalise_backward(work, x, dy, args.out[0].data<float>());
                  }};
});

}  // namespace
}  // namespace tuna
