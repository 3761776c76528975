#include "kernels/norm/batch_norm_frozen.h"

#include <cmath>

#include "engine/program/kernel_registry.h"
#include "kernels/norm/pixel_reduce.h"

namespace tuna {

Types BatchNormFrozen::infer(const Types& in) const {
  const Type &x = in[In::x], channel{accumulation_type(x.dtype), {1, 1, 1, x.shape.c}};
  for (size_t i = 1; i < in.size(); ++i)
    check(in[i] == channel, "batch_norm_frozen: of {}, weight, bias and running statistics must be {}, got {}", x,
          channel, in[i]);
  return {x};
}

Tensors BatchNormFrozen::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  const Tensor dx = record(BatchNormFrozenBackward(eps), {in[In::weight], in[In::running_var], dout[0]})[0];
  const Tensors parameters =
      record(BatchNormFrozenParametersBackward(eps), {in[In::x], in[In::running_mean], in[In::running_var], dout[0]});
  return {dx, parameters[0], parameters[1]};
}

Types BatchNormFrozenParametersBackward::infer(const Types& in) const {
  for (size_t i = In::dy; i < in.size(); ++i)
    check(in[i] == in[In::x], "batch_norm_frozen_parameters_backward: {} is {}, x {}", i == In::dy ? "dy" : "y", in[i],
          in[In::x]);
  return {in[In::running_mean], in[In::running_mean]};
}

// The definition, in plain loops.
namespace {

KernelFor<BatchNormFrozen, Backend::ref> forward_reference([](const BatchNormFrozen& op, auto real, const Args& args) {
  using Real = decltype(real);
  using In = BatchNormFrozen::In;
  const auto x = args.in[In::x].as<Real>(), weight = args.in[In::weight].as<Real>(),
             bias = args.in[In::bias].as<Real>(), mean = args.in[In::running_mean].as<Real>(),
             variance = args.in[In::running_var].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t c = i % x.shape.c;
    y[i] = (x[i] - mean[c]) / std::sqrt(variance[c] + Real(op.eps)) * weight[c] + bias[c];
  }
});

KernelFor<BatchNormFrozenBackward, Backend::ref> backward_reference([](const BatchNormFrozenBackward& op, auto real,
                                                                       const Args& args) {
  using Real = decltype(real);
  const auto weight = args.in[0].as<Real>(), variance = args.in[1].as<Real>(), dy = args.in[2].as<Real>(),
             dx = args.out[0].as<Real>();
  for (int64_t i = 0; i < dy.count(); ++i) {
    const int64_t c = i % dy.shape.c;
    dx[i] = dy[i] * weight[c] / std::sqrt(variance[c] + Real(op.eps));
  }
});

KernelFor<BatchNormFrozenParametersBackward, Backend::ref> parameters_reference(
    [](const BatchNormFrozenParametersBackward& op, auto real, const Args& args) {
      using Real = decltype(real);
      using In = BatchNormFrozenParametersBackward::In;
      const auto x = args.in[In::x].as<Real>(), mean = args.in[In::running_mean].as<Real>(),
                 variance = args.in[In::running_var].as<Real>(), dy = args.in[In::dy].as<Real>(),
                 dweight = args.out[0].as<Real>(), dbias = args.out[1].as<Real>();
      for (int64_t c = 0; c < dweight.count(); ++c) dweight[c] = dbias[c] = 0;
      for (int64_t i = 0; i < x.count(); ++i) {
        if (args.in.size() > In::y && !(args.in[In::y].as<Real>()[i] > 0)) continue;
        const int64_t c = i % x.shape.c;
        dweight[c] += dy[i] * (x[i] - mean[c]) / std::sqrt(variance[c] + Real(op.eps));
        dbias[c] += dy[i];
      }
    });

KernelFor<BatchNormFrozen, Backend::cpu> forward([](const BatchNormFrozen& op, const Types& in, const Types&,
                                                    const Target&) {
  using In = BatchNormFrozen::In;
  const PixelGrid grid = PixelGrid::whole_batch(in[In::x]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *weight = args.in[In::weight].data<float>(), *bias = args.in[In::bias].data<float>(),
                                *mean = args.in[In::running_mean].data<float>(),
                                *variance = args.in[In::running_var].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t c = 0; c < grid.channels; ++c)
                      set_normalise(work, 0, c, mean[c], weight[c] / std::sqrt(double(variance[c]) + op.eps), bias[c]);
                    normalise(work, args.in[In::x].data<float>(), args.out[0].data<float>());
                  }};
});

KernelFor<BatchNormFrozenBackward, Backend::cpu> backward([](const BatchNormFrozenBackward& op, const Types&,
                                                             const Types& out, const Target&) {
  const PixelGrid grid = PixelGrid::whole_batch(out[0]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const float *weight = args.in[0].data<float>(), *variance = args.in[1].data<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t c = 0; c < grid.channels; ++c)
                      set_normalise(work, 0, c, 0, weight[c] / std::sqrt(double(variance[c]) + op.eps), 0);
                    normalise(work, args.in[2].data<float>(), args.out[0].data<float>());
                  }};
});

KernelFor<BatchNormFrozenParametersBackward, Backend::cpu> parameters_backward(
    [](const BatchNormFrozenParametersBackward& op, const Types& in, const Types&, const Target&) {
      using In = BatchNormFrozenParametersBackward::In;
      const PixelGrid grid = PixelGrid::whole_batch(in[In::x]);
      return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                        const float *mean = args.in[In::running_mean].data<float>(),
                                    *variance = args.in[In::running_var].data<float>();
                        float *dweight = args.out[0].data<float>(), *dbias = args.out[1].data<float>();
                        const PixelWorkspace work(grid, args.workspace);
                        for (int64_t c = 0; c < grid.channels; ++c) work.set(0, 0, c, mean[c]);
                        reduce_gradient(work, args.in[In::x].data<float>(), args.in[In::dy].data<float>(),
                                        args.in.size() > In::y ? args.in[In::y].data<float>() : nullptr);
                        for (int64_t c = 0; c < grid.channels; ++c) {
                          dweight[c] = float(work.total(0, 1, c) / std::sqrt(double(variance[c]) + op.eps));
                          dbias[c] = float(work.total(0, 0, c));
                        }
                      }};
    });

}  // namespace
}  // namespace tuna
