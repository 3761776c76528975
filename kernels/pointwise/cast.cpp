#include "kernels/pointwise/cast.h"

#include <algorithm>

#include "engine/program/kernel_registry.h"
#include "engine/program/program.h"

namespace tuna {

Types Cast::infer(const Types& in) const {
  const DType from = in[0].dtype;
  check((from == DType::f32 && is_reduced_precision(to)) || (is_reduced_precision(from) && to == DType::f32),
        "cast: cannot cast {} to {}", in[0], to_string(to));
  return {{to, in[0].shape}};
}

Tensors Cast::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return {cast(dout[0], in[0].type().dtype)};
}

Tensor cast(Tensor x, DType to) { return x.type().dtype == to ? x : record(Cast(to), {x})[0]; }
Tensor to_activation(Tensor x) { return cast(x, x.program->activation()); }
Tensor to_accumulation_type(Tensor x) { return cast(x, accumulation_type(x.type().dtype)); }

namespace {

KernelFor<Cast, Backend::ref> reference([](const Cast&, auto real, const Args& args) {
  using Real = decltype(real);
  std::copy_n(args.in[0].data<Real>(), args.in[0].type.shape.count(), args.out[0].data<Real>());
});

}  // namespace
}  // namespace tuna
