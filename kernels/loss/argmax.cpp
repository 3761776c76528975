#include "kernels/loss/argmax.h"

#include <algorithm>
#include <cmath>

#include "engine/program/kernel_registry.h"

namespace tuna {

Types Argmax::infer(const Types& in) const {
  check(in[0].shape.pixels() == 1, "argmax: logits must be [N, 1, 1, K], got {}", in[0].shape);
  return {{DType::i32, {in[0].shape.n, 1, 1, 1}}};
}

// Rows and classes are few, so `cpu` runs the same plain loops.
namespace {

template <class Real>
void predict(const Argmax& op, const Args& args) {
  const auto logits = args.in[0].as<Real>();
  const int64_t classes = logits.shape.c;
  for (int64_t n = 0; n < logits.shape.n; ++n) {
    const Real* row = logits.data + n * classes;
    const Real* winner = std::max_element(row, row + classes);
    Real sum = 0;
    for (int64_t k = 0; k < classes; ++k) sum += std::exp(row[k] - *winner);
    args.out[0].data<int32_t>()[n] = 1 / sum >= Real(op.min_confidence) ? int32_t(winner - row) : -1;
  }
}

KernelFor<Argmax, Backend::ref> reference([](const Argmax& op, auto real, const Args& args) {
  predict<decltype(real)>(op, args);
});
KernelFor<Argmax, Backend::cpu> fast([](const Argmax& op, const Args& args) { predict<float>(op, args); });

}  // namespace
}  // namespace tuna
