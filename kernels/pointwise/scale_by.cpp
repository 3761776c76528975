#include "kernels/pointwise/scale_by.h"

#include "kernels/pointwise/map.h"
#include "kernels/pointwise/scale.cuh"

namespace tuna {

void check_factor(const Op& op, const Type& x, const Type& factor) {
  const Type expected{accumulation_type(x.dtype), {1, 1, 1, 1}};
  check(factor == expected, "{}: the factor must be {}, got {}", op.name(), expected, factor);
}

Types ScaleBy::infer(const Types& in) const {
  check_factor(*this, in[0], in[1]);
  return {in[0]};
}

Tensors ScaleBy::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return {scale_by(dout[0], in[1])};
}

namespace {

const KernelFor<ScaleBy, Backend::ref> reference([](const ScaleBy&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const Real factor = *args.in[1].data<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = factor * x[i];
});

const KernelFor<ScaleBy, Backend::cpu> fast([](const ScaleBy&, const Args& args) {
  map_elements(args, Multiply<float>{*args.in[1].data<float>()});
});

}  // namespace
}  // namespace tuna
