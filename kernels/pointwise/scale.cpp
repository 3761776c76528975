#include "kernels/pointwise/scale.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Tensors Scale::grad(const Tensors&, const Tensors&, const Tensors& dout) const { return {factor * dout[0]}; }

namespace {

KernelFor<Scale, Backend::ref> reference([](const Scale& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = Real(op.factor) * x[i];
});

KernelFor<Scale, Backend::cpu> fast([](const Scale& op, const Args& args) {
  map_elements(args, [factor = float(op.factor)](float x) { return factor * x; });
});

}  // namespace
}  // namespace tuna
