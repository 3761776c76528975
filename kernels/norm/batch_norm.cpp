#include "kernels/norm/batch_norm.h"

#include <cmath>

#include "kernels/norm/pixel_reduce.h"

namespace tuna {
namespace {

void check_channels(std::string_view op, const Types& in) {
  for (size_t i = 1; i < in.size(); ++i)
    check(in[i].shape == Shape{1, 1, 1, in[0].shape.c}, "{}: input {} is {}, x is {}", op, i, in[i].shape, in[0].shape);
}

int64_t per_channel(const Shape& shape) { return shape.n * shape.pixels(); }

}  // namespace

Types BatchNorm::infer(const Types& in) const {
  check_channels(name(), in);
  check(per_channel(in[0].shape) > 1, "batch_norm: needs more than one value per channel to train, got {}",
        in[0].shape);
  return {in[0], in[3], in[4], in[3], in[3]};
}

Tensors BatchNorm::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  if (!dout[0]) return {};
  return record(BatchNormBackward(), {in[0], in[1], out[3], out[4], dout[0]});
}

Types BatchNormFrozen::infer(const Types& in) const {
  check_channels(name(), in);
  return {in[0]};
}

Tensors BatchNormFrozen::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  const Tensor dx = record(BatchNormFrozenBackwardData(eps), {in[1], in[4], dout[0]})[0];
  const Tensors affine = record(BatchNormFrozenBackwardAffine(eps), {in[0], in[3], in[4], dout[0]});
  return {dx, affine[0], affine[1]};
}

BatchNormed batch_norm(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var, double momentum,
                       double eps) {
  const Tensors out = record(BatchNorm(momentum, eps), {x, weight, bias, running_mean, running_var});
  return {out[0], out[1], out[2]};
}

Tensor batch_norm_frozen(Tensor x, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var, double eps) {
  return record(BatchNormFrozen(eps), {x, weight, bias, running_mean, running_var})[0];
}

namespace {

KernelFor<BatchNorm, Backend::ref> reference([](const BatchNorm& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), weight = args.in[1].as<Real>(), bias = args.in[2].as<Real>(),
             running_mean = args.in[3].as<Real>(), running_var = args.in[4].as<Real>(), y = args.out[0].as<Real>(),
             new_mean = args.out[1].as<Real>(), new_var = args.out[2].as<Real>(), mean = args.out[3].as<Real>(),
             rstd = args.out[4].as<Real>();
  const Real count = Real(per_channel(x.shape)), momentum = Real(op.momentum);

  for (int64_t c = 0; c < x.shape.c; ++c) {
    Real sum = 0, squares = 0;
    for (int64_t i = c; i < x.count(); i += x.shape.c) sum += x[i];
    mean[c] = sum / count;
    for (int64_t i = c; i < x.count(); i += x.shape.c) squares += (x[i] - mean[c]) * (x[i] - mean[c]);
    rstd[c] = 1 / std::sqrt(squares / count + Real(op.eps));
    for (int64_t i = c; i < x.count(); i += x.shape.c) y[i] = (x[i] - mean[c]) * rstd[c] * weight[c] + bias[c];
    new_mean[c] = (1 - momentum) * running_mean[c] + momentum * mean[c];
    new_var[c] = (1 - momentum) * running_var[c] + momentum * squares / (count - 1);
  }
});

KernelFor<BatchNormBackward, Backend::ref> reference_backward([](const BatchNormBackward&, auto real,
                                                                 const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), weight = args.in[1].as<Real>(), mean = args.in[2].as<Real>(),
             rstd = args.in[3].as<Real>(), dy = args.in[4].as<Real>(), dx = args.out[0].as<Real>(),
             dweight = args.out[1].as<Real>(), dbias = args.out[2].as<Real>();
  const Real count = Real(per_channel(x.shape));

  for (int64_t c = 0; c < x.shape.c; ++c) {
    const auto xhat = [&](int64_t i) { return (x[i] - mean[c]) * rstd[c]; };
    dweight[c] = dbias[c] = 0;
    for (int64_t i = c; i < x.count(); i += x.shape.c) {
      dweight[c] += dy[i] * xhat(i);
      dbias[c] += dy[i];
    }
    for (int64_t i = c; i < x.count(); i += x.shape.c)
      dx[i] = weight[c] * rstd[c] * (dy[i] - dbias[c] / count - xhat(i) * dweight[c] / count);
  }
});

KernelFor<BatchNormFrozen, Backend::ref> reference_frozen([](const BatchNormFrozen& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), weight = args.in[1].as<Real>(), bias = args.in[2].as<Real>(),
             mean = args.in[3].as<Real>(), var = args.in[4].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t c = i % x.shape.c;
    y[i] = (x[i] - mean[c]) / std::sqrt(var[c] + Real(op.eps)) * weight[c] + bias[c];
  }
});

KernelFor<BatchNormFrozenBackwardData, Backend::ref> reference_data([](const BatchNormFrozenBackwardData& op, auto real,
                                                                       const Args& args) {
  using Real = decltype(real);
  const auto weight = args.in[0].as<Real>(), var = args.in[1].as<Real>(), dy = args.in[2].as<Real>(),
             dx = args.out[0].as<Real>();
  for (int64_t i = 0; i < dy.count(); ++i) {
    const int64_t c = i % dy.shape.c;
    dx[i] = dy[i] * weight[c] / std::sqrt(var[c] + Real(op.eps));
  }
});

KernelFor<BatchNormFrozenBackwardAffine, Backend::ref> reference_affine([](const BatchNormFrozenBackwardAffine& op,
                                                                           auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), mean = args.in[1].as<Real>(), var = args.in[2].as<Real>(),
             dy = args.in[3].as<Real>(), dweight = args.out[0].as<Real>(), dbias = args.out[1].as<Real>();
  for (int64_t c = 0; c < x.shape.c; ++c) {
    dweight[c] = dbias[c] = 0;
    for (int64_t i = c; i < x.count(); i += x.shape.c) {
      dweight[c] += dy[i] * (x[i] - mean[c]) / std::sqrt(var[c] + Real(op.eps));
      dbias[c] += dy[i];
    }
  }
});

KernelFor<BatchNorm, Backend::cpu> fast([](const BatchNorm& op, const Types& in, const Types&, Device&) {
  const PixelGrid grid = PixelGrid::whole_batch(in[0]);
  return Prepared{
      grid.workspace(), [&op, grid](const Args& args, Stream&) {
        const float *x = args.in[0].data<float>(), *weight = args.in[1].data<float>(), *bias = args.in[2].data<float>(),
                    *running_mean = args.in[3].data<float>(), *running_var = args.in[4].data<float>();
        float *new_mean = args.out[1].data<float>(), *new_var = args.out[2].data<float>(),
              *mean = args.out[3].data<float>(), *rstd = args.out[4].data<float>();
        const PixelWorkspace work(grid, args.workspace);
        const double count = double(grid.pixels);

        reduce_moments(work, x);
        for (int64_t c = 0; c < grid.channels; ++c) {
          const double average = work.total(0, 0, c), squares = work.total(0, 1, c);
          const double scale = 1 / std::sqrt(squares / count + op.eps);
          mean[c] = float(average);
          rstd[c] = float(scale);
          new_mean[c] = float((1 - op.momentum) * double(running_mean[c]) + op.momentum * average);
          new_var[c] = float((1 - op.momentum) * double(running_var[c]) + op.momentum * squares / (count - 1));
          set_normalise(work, 0, c, average, scale * double(weight[c]), double(bias[c]));
        }
        normalise(work, x, args.out[0].data<float>());
      }};
});

KernelFor<BatchNormBackward, Backend::cpu> fast_backward([](const BatchNormBackward&, const Types& in, const Types&,
                                                            Device&) {
  const PixelGrid grid = PixelGrid::whole_batch(in[0]);
  return Prepared{
      grid.workspace(), [grid](const Args& args, Stream&) {
        const float *x = args.in[0].data<float>(), *weight = args.in[1].data<float>(), *mean = args.in[2].data<float>(),
                    *rstd = args.in[3].data<float>(), *dy = args.in[4].data<float>();
        float *dweight = args.out[1].data<float>(), *dbias = args.out[2].data<float>();
        const PixelWorkspace work(grid, args.workspace);
        const double count = double(grid.pixels);

        for (int64_t c = 0; c < grid.channels; ++c) work.set(0, 0, c, double(mean[c]));
        reduce_gradient(work, x, dy);
        for (int64_t c = 0; c < grid.channels; ++c) {
          const double scale = double(rstd[c]), sum = work.total(0, 0, c), product = work.total(0, 1, c) * scale;
          dweight[c] = float(product);
          dbias[c] = float(sum);
          work.set(0, 1, c, -double(weight[c]) * scale * scale * product / count);
          work.set(0, 2, c, -double(weight[c]) * scale * sum / count);
          work.set(0, 3, c, double(weight[c]) * scale);
        }
        normalise_backward(work, x, dy, args.out[0].data<float>());
      }};
});

KernelFor<BatchNormFrozen, Backend::cpu> fast_frozen([](const BatchNormFrozen& op, const Types& in, const Types&,
                                                        Device&) {
  const PixelGrid grid = PixelGrid::whole_batch(in[0]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *weight = args.in[1].data<float>(), *bias = args.in[2].data<float>(),
                                *mean = args.in[3].data<float>(), *var = args.in[4].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t c = 0; c < grid.channels; ++c)
                      set_normalise(work, 0, c, double(mean[c]), double(weight[c]) / std::sqrt(double(var[c]) + op.eps),
                                    double(bias[c]));
                    normalise(work, args.in[0].data<float>(), args.out[0].data<float>());
                  }};
});

KernelFor<BatchNormFrozenBackwardData, Backend::cpu> fast_data([](const BatchNormFrozenBackwardData& op,
                                                                  const Types& in, const Types&, Device&) {
  const PixelGrid grid = PixelGrid::whole_batch(in[2]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *weight = args.in[0].data<float>(), *var = args.in[1].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t c = 0; c < grid.channels; ++c)
                      set_normalise(work, 0, c, 0, double(weight[c]) / std::sqrt(double(var[c]) + op.eps), 0);
                    normalise(work, args.in[2].data<float>(), args.out[0].data<float>());
                  }};
});

KernelFor<BatchNormFrozenBackwardAffine, Backend::cpu> fast_affine([](const BatchNormFrozenBackwardAffine& op,
                                                                      const Types& in, const Types&, Device&) {
  const PixelGrid grid = PixelGrid::whole_batch(in[0]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *mean = args.in[1].data<float>(), *var = args.in[2].data<float>();
                    float *dweight = args.out[0].data<float>(), *dbias = args.out[1].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t c = 0; c < grid.channels; ++c) work.set(0, 0, c, double(mean[c]));
                    reduce_gradient(work, args.in[0].data<float>(), args.in[3].data<float>());
                    for (int64_t c = 0; c < grid.channels; ++c) {
                      dweight[c] = float(work.total(0, 1, c) / std::sqrt(double(var[c]) + op.eps));
                      dbias[c] = float(work.total(0, 0, c));
                    }
                  }};
});

}  // namespace
}  // namespace tuna
