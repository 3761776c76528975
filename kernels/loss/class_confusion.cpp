#include "kernels/loss/class_confusion.h"

#include <cmath>

#include "engine/program/kernel_registry.h"

namespace tuna {

Types CertaintyWeights::infer(const Types& in) const {
  const Shape p = in[0].shape;
  check(p.pixels() == 1, "certainty_weights: p must be [N, 1, 1, K], got {}", p);
  return {{in[0].dtype, {p.n, 1, 1, 1}}};
}

Types ClassConfusion::infer(const Types& in) const {
  const Shape p = in[0].shape;
  check(p.pixels() == 1, "class_confusion: p must be [N, 1, 1, K], got {}", p);
  check(in[1] == Type{in[0].dtype, {p.n, 1, 1, 1}}, "class_confusion: w must be {} {}x1x1x1, got {}",
        to_string(in[0].dtype), p.n, in[1]);
  return {{in[0].dtype, {1, 1, 1, 1}}};
}

Tensors ClassConfusion::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(ClassConfusionBackward(), {in[0], in[1], dout[0]});
}

// Rows and classes are few, so `cpu` runs the same plain loops.
namespace {

template <class Real>
void certainties(const Args& args) {
  const auto p = args.in[0].as<Real>(), w = args.out[0].as<Real>();
  const int64_t samples = p.shape.n, classes = p.shape.c;
  Real sum = 0;
  for (int64_t n = 0; n < samples; ++n) {
    Real entropy = 0;
    for (int64_t k = 0; k < classes; ++k) {
      const Real probability = p[n * classes + k];
      if (probability != 0) entropy -= probability * std::log(probability);
    }
    sum += w[n] = 1 + std::exp(-entropy);
  }
  for (int64_t n = 0; n < samples; ++n) w[n] *= Real(samples) / sum;
}

/// A and S of a class.
template <class Real>
struct ClassSums {
  Real squares = 0, sum = 0;

  ClassSums(const Args& args, int64_t j) {
    const auto p = args.in[0].as<Real>(), w = args.in[1].as<Real>();
    for (int64_t n = 0; n < p.shape.n; ++n) {
      const Real probability = p[n * p.shape.c + j];
      squares += w[n] * probability * probability;
      sum += w[n] * probability;
    }
  }
};

template <class Real>
void forward(const Args& args) {
  const int64_t classes = args.in[0].type.shape.c;
  Real confused = 0;
  for (int64_t j = 0; j < classes; ++j) {
    const ClassSums<Real> of(args, j);
    if (of.sum != 0) confused += 1 - of.squares / of.sum;
  }
  args.out[0].data<Real>()[0] = confused / Real(classes);
}

template <class Real>
void backward(const Args& args) {
  const auto p = args.in[0].as<Real>(), w = args.in[1].as<Real>(), dp = args.out[0].as<Real>();
  const int64_t samples = p.shape.n, classes = p.shape.c;
  const Real dy = args.in[2].data<Real>()[0];
  for (int64_t j = 0; j < classes; ++j) {
    const ClassSums<Real> of(args, j);
    const Real factor = of.sum != 0 ? dy / Real(classes) / (of.sum * of.sum) : Real(0);
    for (int64_t n = 0; n < samples; ++n)
      dp[n * classes + j] = factor * w[n] * (of.squares - 2 * p[n * classes + j] * of.sum);
  }
}

KernelFor<CertaintyWeights, Backend::ref> certainties_reference([](const CertaintyWeights&, auto real,
                                                                   const Args& args) {
  certainties<decltype(real)>(args);
});
KernelFor<ClassConfusion, Backend::ref> forward_reference([](const ClassConfusion&, auto real, const Args& args) {
  forward<decltype(real)>(args);
});
KernelFor<ClassConfusionBackward, Backend::ref> backward_reference([](const ClassConfusionBackward&, auto real,
                                                                      const Args& args) {
  backward<decltype(real)>(args);
});
KernelFor<CertaintyWeights, Backend::cpu> certainties_fast([](const CertaintyWeights&, const Args& args) {
  certainties<float>(args);
});
KernelFor<ClassConfusion, Backend::cpu> forward_fast([](const ClassConfusion&, const Args& args) {
  forward<float>(args);
});
KernelFor<ClassConfusionBackward, Backend::cpu> backward_fast([](const ClassConfusionBackward&, const Args& args) {
  backward<float>(args);
});

}  // namespace
}  // namespace tuna
