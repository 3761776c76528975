#include "kernels/norm/batch_norm_frozen_fused.h"

#include <cmath>

#include "engine/compile/defined_by.h"
#include "engine/program/fusion.h"
#include "engine/program/kernel_registry.h"
#include "kernels/norm/batch_norm_frozen.h"
#include "kernels/norm/pixel_reduce.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"

namespace tuna {

Types BatchNormFrozenFused::infer(const Types& in) const {
  check(in.size() == In::skip + (skip ? 1u : 0u) && (!skip || in[In::skip] == in[In::x]),
        "batch_norm_frozen_fused: a skip must be like x, got a skip of {} for {}", in.back(), in[In::x]);
  return BatchNormFrozen(eps).infer({in.begin(), in.begin() + In::skip});
}

Tensors BatchNormFrozenFused::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  const Tensors back =
      record(BatchNormFrozenFusedBackward(eps, skip), {out[0], in[In::weight], in[In::running_var], dout[0]});
  Tensors needed{in[In::x], in[In::running_mean], in[In::running_var]};
  if (skip)
    needed.push_back(back[1]);
  else
    needed.insert(needed.end(), {dout[0], out[0]});
  const Tensors parameters = record(BatchNormFrozenParametersBackward(eps), needed);
  Tensors gradients{back[0], parameters[0], parameters[1], {}, {}};
  if (skip) gradients.push_back(back[1]);
  return gradients;
}

// The sum over the plain ops that it replaces, as in every fused op.
double BatchNormFrozenFused::flops(const Types& in, const Types& out) const {
  const double sum = skip ? Add().flops({in[In::x], in[In::skip]}, out) : 0;
  return BatchNormFrozen(eps).flops(in, out) + sum + Relu().flops(out, out);
}

double BatchNormFrozenFusedBackward::flops(const Types& in, const Types& out) const {
  return ReluBackward().flops({in[In::y], in[In::dy]}, {out[0]})
         + BatchNormFrozenBackward(eps).flops({in[In::weight], in[In::running_var], in[In::dy]}, out);
}

Types BatchNormFrozenFusedBackward::infer(const Types& in) const {
  const Type &y = in[In::y], &dy = in[In::dy];
  check(dy == y, "batch_norm_frozen_fused_backward: dy is {}, y {}", dy, y);
  return skip ? Types{y, y} : Types{y};
}

namespace {

const DefinedBy<BatchNormFrozenFused> forward_definition([](const BatchNormFrozenFused& op, const Tensors& in) {
  using In = BatchNormFrozenFused::In;
  const Tensor norm =
      batch_norm_frozen(in[In::x], in[In::weight], in[In::bias], in[In::running_mean], in[In::running_var], op.eps);
  return Tensors{relu(op.skip ? norm + in[In::skip] : norm)};
});

const DefinedBy<BatchNormFrozenFusedBackward> backward_definition([](const BatchNormFrozenFusedBackward& op,
                                                                     const Tensors& in) {
  using In = BatchNormFrozenFusedBackward::In;
  const Tensor dz = record(ReluBackward(), {in[In::y], in[In::dy]})[0];
  Tensors out = record(BatchNormFrozenBackward(op.eps), {in[In::weight], in[In::running_var], dz});
  if (op.skip) out.push_back(dz);
  return out;
});

BatchNormFrozenFused fused_op(const Chain& found) {
  return {found.find<BatchNormFrozen>()->eps, found.find<Add>() != nullptr};
}

const ChainPattern norm = chain_of<BatchNormFrozen>();
const FusionRule rule("batch_norm_frozen", {norm.then<Add>().then<Relu>(), norm.then<Relu>()}, fused_op);

KernelFor<BatchNormFrozenFused, Backend::cpu> forward([](const BatchNormFrozenFused& op, const Types& in, const Types&,
                                                         const Target&) {
  using In = BatchNormFrozenFused::In;
  const PixelGrid grid = PixelGrid::whole_batch(in[In::x]);
  return Prepared{
      grid.workspace(), [&op, grid](const Args& args, Stream&) {
        const PixelWorkspace work(grid, args.workspace);
        const float *weight = args.in[In::weight].data<float>(), *bias = args.in[In::bias].data<float>(),
                    *mean = args.in[In::running_mean].data<float>(), *variance = args.in[In::running_var].data<float>();
        for (int64_t c = 0; c < grid.channels; ++c)
          set_normalise(work, 0, c, mean[c], weight[c] / std::sqrt(double(variance[c]) + op.eps), bias[c]);
        const float *x = args.in[In::x].data<float>(), *skip = op.skip ? args.in[In::skip].data<float>() : nullptr;
        float* y = args.out[0].data<float>();
        grid.for_each_row([=, &work](int64_t offset, int64_t width, int64_t) {
          const float *average = work.coefficient(0, 0), *scale = work.coefficient(0, 1),
                      *shift = work.coefficient(0, 2), *from = x + offset, *other = skip ? skip + offset : nullptr;
          float* to = y + offset;
          if (other) {
#pragma omp simd
            for (int64_t i = 0; i < width; ++i) {
              const float z = (from[i] - average[i]) * scale[i] + shift[i] + other[i];
              to[i] = z < 0 ? 0 : z;
            }
          } else {
#pragma omp simd
            for (int64_t i = 0; i < width; ++i) {
              const float z = (from[i] - average[i]) * scale[i] + shift[i];
              to[i] = z < 0 ? 0 : z;
            }
          }
        });
      }};
});

KernelFor<BatchNormFrozenFusedBackward, Backend::cpu> backward([](const BatchNormFrozenFusedBackward& op,
                                                                  const Types& in, const Types&, const Target&) {
  using In = BatchNormFrozenFusedBackward::In;
  const PixelGrid grid = PixelGrid::whole_batch(in[In::y]);
  return Prepared{grid.workspace(), [&op, grid](const Args& args, Stream&) {
                    const PixelWorkspace work(grid, args.workspace);
                    const float *weight = args.in[In::weight].data<float>(),
                                *variance = args.in[In::running_var].data<float>();
                    for (int64_t c = 0; c < grid.channels; ++c)
                      work.set(0, 1, c, weight[c] / std::sqrt(double(variance[c]) + op.eps));
                    const float *y = args.in[In::y].data<float>(), *dy = args.in[In::dy].data<float>();
                    float *dx = args.out[0].data<float>(), *dz = op.skip ? args.out[1].data<float>() : dx;
                    grid.for_each_row([=, &work](int64_t offset, int64_t width, int64_t) {
                      const float *scale = work.coefficient(0, 1), *value = y + offset, *gradient = dy + offset;
                      float *to_skip = dz + offset, *to = dx + offset;
#pragma omp simd
                      for (int64_t i = 0; i < width; ++i) {
                        const float rectified = value[i] > 0 ? gradient[i] : 0;
                        to_skip[i] = rectified;
                        to[i] = rectified * scale[i];
                      }
                    });
                  }};
});

}  // namespace
}  // namespace tuna
