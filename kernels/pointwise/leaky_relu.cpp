#include "kernels/pointwise/leaky_relu.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Types LeakyRelu::infer(const Types& in) const {
  check(slope > 0, "leaky_relu: the slope must be positive, got {}", slope);
  return {in[0]};
}

Tensors LeakyRelu::grad(const Tensors&, const Tensors& out, const Tensors& dout) const {
  return record(LeakyReluBackward(slope), {out[0], dout[0]});
}

namespace {

KernelFor<LeakyRelu, Backend::ref> forward_reference([](const LeakyRelu& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = x[i] > 0 ? x[i] : Real(op.slope) * x[i];
});

KernelFor<LeakyReluBackward, Backend::ref> backward_reference([](const LeakyReluBackward& op, auto real,
                                                                 const Args& args) {
  using Real = decltype(real);
  const auto y = args.in[0].as<Real>(), dy = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  for (int64_t i = 0; i < dx.count(); ++i) dx[i] = y[i] > 0 ? dy[i] : Real(op.slope) * dy[i];
});

KernelFor<LeakyRelu, Backend::cpu> forward([](const LeakyRelu& op, const Args& args) {
  map_elements(args, [slope = float(op.slope)](float x) { return x > 0 ? x : slope * x; });
});

KernelFor<LeakyReluBackward, Backend::cpu> backward([](const LeakyReluBackward& op, const Args& args) {
  map_elements(args, [slope = float(op.slope)](float y, float dy) { return y > 0 ? dy : slope * dy; });
});

}  // namespace
}  // namespace tuna
