#include "kernels/pointwise/add.h"

#include "kernels/pointwise/map.h"

namespace tuna {

Types Add::infer(const Types& in) const {
  check(in[0] == in[1], "add: {} and {} differ", in[0], in[1]);
  return {in[0]};
}

namespace {

KernelFor<Add, Backend::ref> reference([](const Add&, auto real, const Args& args) {
  using Real = decltype(real);
  const auto a = args.in[0].as<Real>(), b = args.in[1].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = a[i] + b[i];
});

KernelFor<Add, Backend::cpu> fast([](const Add&, const Args& args) {
  map_elements(args, [](float a, float b) { return a + b; });
});

}  // namespace
}  // namespace tuna
