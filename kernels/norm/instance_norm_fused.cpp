#include "kernels/norm/instance_norm_fused.h"

#include <cmath>

#include "engine/compile/defined_by.h"
#include "engine/program/autograd.h"
#include "engine/program/fusion.h"
#include "engine/program/kernel_registry.h"
#include "kernels/geometry/reflected_rows.h"
#include "kernels/geometry/reflection_pad2d.h"
#include "kernels/norm/instance_norm.h"
#include "kernels/norm/instance_norm_passes.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/leaky_relu.h"
#include "kernels/pointwise/relu.h"

namespace tuna {

Types InstanceNormFused::infer(const Types& in) const {
  check(!skip || slope == 1, "instance_norm_fused: expected either a skip or a rectifier, got both");
  check(in.size() == (skip ? 2u : 1u) && in.back() == in[0],
        "instance_norm_fused: a skip must be like x, got a skip of {} for {}", in.back(), in[0]);
  Types out = InstanceNorm(eps).infer(in);
  out[Out::y] = ReflectionPad2d(padding).infer(in)[0];
  if (keep_unpadded) out.push_back(in[0]);
  return out;
}

Tensors InstanceNormFused::grad(const Tensors& in, const Tensors& out, const Tensors& dout) const {
  check(!dout[Out::mean] && !dout[Out::rstd], "instance_norm_fused: its statistics have no gradient");
  InstanceNormChain chain = *this;
  Tensors needed{in[0], out[Out::mean], out[Out::rstd]};
  if (dout[Out::y])
    needed.push_back(dout[Out::y]);
  else
    chain.padding = 0;
  chain.keep_unpadded = keep_unpadded && dout[Out::y] && dout[Out::z];
  if (keep_unpadded && dout[Out::z]) needed.push_back(dout[Out::z]);
  return record(InstanceNormFusedBackward(chain), needed);
}

Tensor InstanceNormFused::recompute(size_t, const Tensors& in, const Tensors& out) const {
  Tensors needed{in[0], out[Out::mean], out[Out::rstd]};
  if (skip) needed.push_back(in[1]);
  return record(InstanceNormFusedRecompute(*this), needed)[0];
}

Types InstanceNormFusedRecompute::infer(const Types& in) const {
  const Type& x = in[In::x];
  const Type statistic{accumulation_type(x.dtype), {x.shape.n, 1, 1, x.shape.c}};
  check(in.size() == In::skip + (skip ? 1u : 0u) && in[In::mean] == statistic && in[In::rstd] == statistic
            && (!skip || in[In::skip] == x),
        "instance_norm_fused_recompute: statistics {} and {} do not fit x {}", in[In::mean], in[In::rstd], x);
  return ReflectionPad2d(padding).infer(in);
}

namespace {

// For what follows the norm: a sum or a rectifier, of pixels like x.  The pad only copies.
double flops_after_norm(const InstanceNormChain& chain, const Type& x) {
  if (chain.skip) return Add().flops({x, x}, {x});
  return chain.slope == 1 ? 0 : chain.slope == 0 ? Relu().flops({x}, {x}) : LeakyRelu(chain.slope).flops({x}, {x});
}

double flops_of_rectifier_backward(const InstanceNormChain& chain, const Type& x) {
  if (chain.slope == 1) return 0;
  return chain.slope == 0 ? ReluBackward().flops({x, x}, {x}) : LeakyReluBackward(chain.slope).flops({x, x}, {x});
}

}  // namespace

// The sum over the plain ops that it replaces, as in every fused op.
double InstanceNormFused::flops(const Types& in, const Types&) const {
  return InstanceNorm(eps).flops({in[0]}, {in[0]}) + flops_after_norm(*this, in[0]);
}

double InstanceNormFusedRecompute::flops(const Types& in, const Types&) const {
  return 2 * elements(in[In::x]) + flops_after_norm(*this, in[In::x]);  // the statistics are saved
}

double InstanceNormFusedBackward::flops(const Types& in, const Types&) const {
  const Type& x = in[In::x];
  return ReflectionPad2dBackward(padding).flops({in[In::dy]}, {x}) + (keep_unpadded ? Add().flops({x, x}, {x}) : 0)
         + flops_of_rectifier_backward(*this, x)
         + InstanceNormBackward().flops({x, in[In::mean], in[In::rstd], x}, {x});
}

Types InstanceNormFusedBackward::infer(const Types& in) const {
  const Type padded = ReflectionPad2d(padding).infer(in)[0];
  const Type& x = in[In::x];
  check(in[In::dy] == padded, "instance_norm_fused_backward: dy is {}, expected {}", in[In::dy], padded);
  check(!keep_unpadded || in.at(In::to_z) == x, "instance_norm_fused_backward: dz must be like x, {}", x);
  return skip ? Types{x, x} : Types{x};
}

namespace {

// The rectifier for values, or gradients, below zero; relu gives 0 for infinite ones, too.
template <class Real>
Real scale_below(Real slope, Real x) {
  return slope == 0 ? 0 : slope * x;
}

// The plain ops that the networks record and the fused op replaces.
struct Plain {
  Tensor z, y, mean, rstd;
};

Plain plain_ops(const InstanceNormChain& chain, Tensor x, Tensor skip) {
  const Tensors norm = record(InstanceNorm(chain.eps), {x});
  Tensor z = norm[0];
  if (skip) z = z + skip;
  if (chain.slope == 0) z = relu(z);
  if (chain.slope != 0 && chain.slope != 1) z = leaky_relu(z, chain.slope);
  return {z, reflection_pad2d(z, chain.padding), norm[1], norm[2]};
}

const DefinedBy<InstanceNormFused> forward_definition([](const InstanceNormFused& op, const Tensors& in) {
  const Plain plain = plain_ops(op, in[0], op.skip ? in[1] : Tensor());
  Tensors out{plain.y, plain.mean, plain.rstd};
  if (op.keep_unpadded) out.push_back(plain.z);
  return out;
});

const DefinedBy<InstanceNormFusedBackward> backward_definition([](const InstanceNormFusedBackward& op,
                                                                  const Tensors& in) {
  using In = InstanceNormFusedBackward::In;
  const Plain plain = plain_ops(op, in[In::x], Tensor());
  Tensors outputs{plain.y}, seeds{in[In::dy]}, wrt{in[In::x]};
  if (op.keep_unpadded) {
    outputs.push_back(plain.z);
    seeds.push_back(in[In::to_z]);
  }
  if (op.skip) wrt.push_back(plain.z);
  return gradients(outputs, seeds, wrt);
});

const KernelFor<InstanceNormFusedRecompute, Backend::ref> recompute_reference([](const InstanceNormFusedRecompute& op,
                                                                                 auto real, const Args& args) {
  using Real = decltype(real);
  using In = InstanceNormFusedRecompute::In;
  const auto x = args.in[In::x].as<Real>(), mean = args.in[In::mean].as<Real>(), rstd = args.in[In::rstd].as<Real>();
  std::vector<Real> pixels(size_t(x.count()));
  const View z{args.in[In::x].type, pixels.data()};
  for (int64_t n = 0; n < x.shape.n; ++n)
    for (int64_t p = 0; p < x.shape.pixels(); ++p)
      for (int64_t c = 0; c < x.shape.c; ++c) {
        const Real xhat = (x(n, p, c) - mean(n, 0, c)) * rstd(n, 0, c);
        z.as<Real>()(n, p, c) = op.skip    ? xhat + args.in[In::skip].as<Real>()(n, p, c)
                                : xhat < 0 ? scale_below(Real(op.slope), xhat)
                                           : xhat;
      }
  const ReflectionPad2d pad(op.padding);
  Device device = Device::reference();
  Stream stream;
  find_kernel(pad, Backend::ref)(pad, {z.type}, {args.out[0].type}, device).run({{z}, {args.out[0]}}, stream);
});

InstanceNormFused fused_op(const Chain& found) {
  InstanceNormChain chain;
  chain.eps = found.find<InstanceNorm>()->eps;
  chain.skip = found.find<Add>() != nullptr;
  if (found.find<Relu>()) chain.slope = 0;
  if (const auto* leaky = found.find<LeakyRelu>()) chain.slope = leaky->slope;
  if (const auto* pad = found.find<ReflectionPad2d>()) chain.padding = pad->padding;
  chain.keep_unpadded = !found.shared.empty();
  return InstanceNormFused(chain);
}

const ChainPattern norm = chain_of<InstanceNorm>(), with_sum_or_rectifier = norm.then<Add, Relu, LeakyRelu>();
const FusionRule rule("instance_norm",
                      {with_sum_or_rectifier.then_among_others<ReflectionPad2d>(), with_sum_or_rectifier,
                       norm.then_among_others<ReflectionPad2d>()},
                      fused_op);

// The coefficients of a row repeat every grid.lanes() elements: runs body(first, count) over such pieces.
template <class Body>
void for_lanes(const PixelGrid& grid, int64_t elements, Body body) {
  for (int64_t begin = 0; begin < elements; begin += grid.lanes())
    body(begin, std::min(grid.lanes(), elements - begin));
}

ReflectedRows reflected_rows(const InstanceNormChain& chain, const Type& x) {
  return {x.shape.h, x.shape.w, x.shape.c, chain.padding};
}

// Normalises with the coefficients of `work`, then rectifies or adds the skip; z may be null.
void normalise_and_pad(const PixelWorkspace& work, const ReflectedRows& rows, float slope, const float* x,
                       const float* skip, float* y, float* z) {
  const PixelGrid& grid = work.grid;
  const int64_t width = rows.width * rows.channels, padded_width = rows.padded_width() * rows.channels;
  parallel_items(grid.samples * rows.height, width, [&](int64_t row) {
    const int64_t n = row / rows.height, i = row % rows.height;
    float* image = y + n * rows.padded_height() * padded_width;
    float* padded = image + (rows.padding + i) * padded_width;
    float* inside = padded + rows.padding * rows.channels;
    const float *from = x + row * width, *other = skip ? skip + row * width : nullptr;
    const float *average = work.coefficient(n, 0), *scale = work.coefficient(n, 1), *shift = work.coefficient(n, 2);
    for_lanes(grid, width, [=](int64_t begin, int64_t count) {
      if (other) {
#pragma omp simd
        for (int64_t l = 0; l < count; ++l)
          inside[begin + l] = (from[begin + l] - average[l]) * scale[l] + shift[l] + other[begin + l];
      } else {
#pragma omp simd
        for (int64_t l = 0; l < count; ++l) {
          const float xhat = (from[begin + l] - average[l]) * scale[l] + shift[l];
          inside[begin + l] = xhat < 0 ? scale_below(slope, xhat) : xhat;
        }
      }
    });
    if (z) std::copy_n(inside, width, z + row * width);
    rows.fill_ends(padded);
    rows.each_appearance(i, [&](int64_t appearance) {
      if (appearance != rows.padding + i) std::copy_n(padded, padded_width, image + appearance * padded_width);
    });
  });
}

KernelFor<InstanceNormFused, Backend::cpu> forward([](const InstanceNormFused& op, const Types& in, const Types&,
                                                      const Target&) {
  using Out = InstanceNormFused::Out;
  const PixelGrid grid = PixelGrid::per_sample(in[0]);
  const ReflectedRows rows = reflected_rows(op, in[0]);
  return Prepared{
      grid.workspace(), [&op, grid, rows](const Args& args, Stream&) {
        const float *x = args.in[0].data<float>(), *skip = op.skip ? args.in[1].data<float>() : nullptr;
        float *y = args.out[Out::y].data<float>(), *z = op.keep_unpadded ? args.out[Out::z].data<float>() : nullptr;
        const PixelWorkspace work(grid, args.workspace);
        instance_norm_statistics(work, x, op.eps, args.out[Out::mean].as<float>(), args.out[Out::rstd].as<float>());
        normalise_and_pad(work, rows, float(op.slope), x, skip, y, z);
      }};
});

KernelFor<InstanceNormFusedRecompute, Backend::cpu> recompute([](const InstanceNormFusedRecompute& op, const Types& in,
                                                                 const Types&, const Target&) {
  using In = InstanceNormFusedRecompute::In;
  const PixelGrid grid = PixelGrid::per_sample(in[In::x]);
  const ReflectedRows rows = reflected_rows(op, in[In::x]);
  return Prepared{grid.workspace(), [&op, grid, rows](const Args& args, Stream&) {
                    const auto mean = args.in[In::mean].as<float>(), rstd = args.in[In::rstd].as<float>();
                    const PixelWorkspace work(grid, args.workspace);
                    for (int64_t n = 0; n < grid.samples; ++n)
                      for (int64_t c = 0; c < grid.channels; ++c)
                        set_normalise(work, n, c, mean(n, 0, c), rstd(n, 0, c), 0);
                    normalise_and_pad(work, rows, float(op.slope), args.in[In::x].data<float>(),
                                      op.skip ? args.in[In::skip].data<float>() : nullptr, args.out[0].data<float>(),
                                      nullptr);
                  }};
});

KernelFor<InstanceNormFusedBackward, Backend::cpu> backward([](const InstanceNormFusedBackward& op, const Types& in,
                                                               const Types&, const Target&) {
  using In = InstanceNormFusedBackward::In;
  const PixelGrid grid = PixelGrid::per_sample(in[In::x]);
  const ReflectedRows rows = reflected_rows(op, in[In::x]);
  return Prepared{grid.workspace(), [&op, grid, rows](const Args& args, Stream&) {
                    const float *x = args.in[In::x].data<float>(), *dy = args.in[In::dy].data<float>(),
                                *to_z = op.keep_unpadded ? args.in[In::to_z].data<float>() : nullptr;
                    const auto mean = args.in[In::mean].as<float>(), rstd = args.in[In::rstd].as<float>();
                    float *dx = args.out[0].data<float>(), *dz = op.skip ? args.out[1].data<float>() : dx;
                    const PixelWorkspace work(grid, args.workspace);
                    const float slope = float(op.slope);

                    for (int64_t n = 0; n < grid.samples; ++n)
                      for (int64_t c = 0; c < grid.channels; ++c) work.set(n, 0, c, mean(n, 0, c));
                    const int64_t width = rows.width * rows.channels,
                                  padded_width = rows.padded_width() * rows.channels;
                    parallel_items(grid.samples * rows.height, width, [&](int64_t row) {
                      const int64_t n = row / rows.height;
                      float* to = dz + row * width;
                      rows.gather_row(dy + n * rows.padded_height() * padded_width, row % rows.height, to);
                      const float *from = x + row * width, *more = to_z ? to_z + row * width : nullptr,
                                  *average = work.coefficient(n, 0);
                      for_lanes(grid, width, [=](int64_t begin, int64_t count) {
                        if (more) {
#pragma omp simd
                          for (int64_t l = 0; l < count; ++l) to[begin + l] += more[begin + l];
                        }
                        if (slope == 1) return;
#pragma omp simd
                        for (int64_t l = 0; l < count; ++l) {
                          float& d = to[begin + l];
                          d = from[begin + l] > average[l] ? d : scale_below(slope, d);
                        }
                      });
                    });
                    instance_norm_backward_from(work, x, dz, mean, rstd, dx);
                  }};
});

}  // namespace
}  // namespace tuna
