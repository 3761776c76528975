#include "kernels/pointwise/scale.h"

#include "kernels/parallel.h"

namespace tuna {

Tensors Scale::grad(const Tensors&, const Tensors&, const Tensors& dout) const { return {factor * dout[0]}; }

namespace {

KernelFor<Scale, Backend::ref> reference([](const Scale& op, auto real, const Args& args) {
  using Real = decltype(real);
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  for (int64_t i = 0; i < y.count(); ++i) y[i] = Real(op.factor) * x[i];
});

KernelFor<Scale, Backend::cpu> fast([](const Scale& op, const Args& args) {
  const float* x = args.in[0].data<float>();
  float *y = args.out[0].data<float>(), factor = float(op.factor);
  parallel_chunks(args.out[0].type.shape.count(), kElementsPerChunk, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = factor * x[i];
  });
});

}  // namespace
}  // namespace tuna
