#include "kernels/loss/softmax.h"

#include <algorithm>
#include <cmath>

#include "engine/program/kernel_registry.h"

namespace tuna {

Tensors Softmax::grad(const Tensors&, const Tensors& out, const Tensors& dout) const {
  return record(SoftmaxBackward(), {out[0], dout[0]});
}

// Rows and classes are few, so `cpu` runs the same plain loops.
namespace {

template <class Real>
void forward(const Args& args) {
  const auto x = args.in[0].as<Real>(), y = args.out[0].as<Real>();
  const int64_t classes = x.shape.c;
  for (int64_t row = 0; row < x.count(); row += classes) {
    const Real largest = *std::max_element(x.data + row, x.data + row + classes);
    Real sum = 0;
    for (int64_t i = row; i < row + classes; ++i) sum += y[i] = std::exp(x[i] - largest);
    for (int64_t i = row; i < row + classes; ++i) y[i] /= sum;
  }
}

template <class Real>
void backward(const Args& args) {
  const auto y = args.in[0].as<Real>(), dy = args.in[1].as<Real>(), dx = args.out[0].as<Real>();
  const int64_t classes = y.shape.c;
  for (int64_t row = 0; row < y.count(); row += classes) {
    Real sum = 0;
    for (int64_t i = row; i < row + classes; ++i) sum += dy[i] * y[i];
    for (int64_t i = row; i < row + classes; ++i) dx[i] = y[i] * (dy[i] - sum);
  }
}

KernelFor<Softmax, Backend::ref> forward_reference([](const Softmax&, auto real, const Args& args) {
  forward<decltype(real)>(args);
});
KernelFor<SoftmaxBackward, Backend::ref> backward_reference([](const SoftmaxBackward&, auto real, const Args& args) {
  backward<decltype(real)>(args);
});
KernelFor<Softmax, Backend::cpu> forward_fast([](const Softmax&, const Args& args) { forward<float>(args); });
KernelFor<SoftmaxBackward, Backend::cpu> backward_fast([](const SoftmaxBackward&, const Args& args) {
  backward<float>(args);
});

}  // namespace
}  // namespace tuna
