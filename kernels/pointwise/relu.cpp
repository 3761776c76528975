#include "kernels/pointwise/relu.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Tensors Relu::grad(const Tensors&, const Tensors& out, const Tensors& dout) const {
  return record(ReluBackward(), {out[0], dout[0]});
}

namespace {

KernelFor<Relu, Backend::ref> forward_reference([](const Relu&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = x[i] < 0 ? 0 : x[i];
});

KernelFor<ReluBackward, Backend::ref> backward_reference([](const ReluBackward&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto y = args.in[0].as<Real>(), dy = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  for (int64_t i = 0; i < dx.count(); ++i) dx[i] = y[i] > 0 ? dy[i] : 0;
});

KernelFor<Relu, Backend::cpu> forward([](const Relu&, const Args& args) {
  map_elements(args, [](float x) { return x < 0 ? 0 : x; });
});

KernelFor<ReluBackward, Backend::cpu> backward([](const ReluBackward&, const Args& args) {
  map_elements(args, [](float y, float dy) { return y > 0 ? dy : 0; });
});

}  // namespace
}  // namespace tuna
