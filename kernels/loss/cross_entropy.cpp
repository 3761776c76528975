#include "kernels/loss/cross_entropy.h"

#include <algorithm>
#include <cmath>

#include "engine/program/kernel_registry.h"

namespace tuna {

Types CrossEntropy::infer(const Types& in) const {
  const Shape logits = in[0].shape;
  check(logits.pixels() == 1, "cross_entropy: logits must be [N, 1, 1, K], got {}", logits);
  check(in[1] == Type{DType::i32, {logits.n, 1, 1, 1}}, "cross_entropy: labels must be i32 {}x1x1x1, got {}", logits.n,
        in[1]);
  check(class_weights.empty() || int64_t(class_weights.size()) == logits.c,
        "cross_entropy: {} class weights for {} classes", class_weights.size(), logits.c);
  for (const double weight : class_weights)
    check(std::isfinite(weight) && weight >= 0, "cross_entropy: a class weight must be finite and at least 0, got {}",
          weight);
  return {{accumulation_type(in[0].dtype), {1, 1, 1, 1}}};
}

Tensors CrossEntropy::grad(const Tensors& in, const Tensors&, const Tensors& dout) const {
  return record(CrossEntropyBackward(class_weights), {in[0], in[1], dout[0]});
}

// Rows and classes are few, so `cpu` runs the same plain loops.
namespace {

// The weight of a sample, 0 if its label is negative.
double weight_of(int32_t label, int64_t classes, const std::vector<double>& class_weights) {
  check(label < classes, "cross_entropy: label {} of {} classes is out of range", label, classes);
  if (label < 0) return 0;
  return class_weights.empty() ? 1 : class_weights[size_t(label)];
}

double sum_of_weights(const Args& args, const std::vector<double>& class_weights) {
  const auto labels = args.in[1].as<int32_t>();
  double sum = 0;
  for (int64_t n = 0; n < labels.count(); ++n) sum += weight_of(labels[n], args.in[0].type.shape.c, class_weights);
  return sum;
}

template <class Real>
void forward(const CrossEntropy& op, const Args& args) {
  const auto logits = args.in[0].as<Real>();
  const auto labels = args.in[1].as<int32_t>();
  const int64_t classes = logits.shape.c;
  double loss = 0;
  for (int64_t n = 0; n < labels.count(); ++n) {
    const double weight = weight_of(labels[n], classes, op.class_weights);
    if (weight == 0) continue;
    const Real* row = logits.data + n * classes;
    const Real* largest = std::max_element(row, row + classes);
    Real others = 0;  // without the largest, whose power is 1: log1p keeps the small loss of a confident correct answer
    for (int64_t k = 0; k < classes; ++k)
      if (row + k != largest) others += std::exp(row[k] - *largest);
    loss += weight * double(*largest - row[labels[n]] + std::log1p(others));
  }
  const double weights = sum_of_weights(args, op.class_weights);
  args.out[0].data<Real>()[0] = weights > 0 ? Real(loss / weights) : Real(0);
}

template <class Real>
void backward(const CrossEntropyBackward& op, const Args& args) {
  const auto logits = args.in[0].as<Real>(), dlogits = args.out[0].as<Real>();
  const auto labels = args.in[1].as<int32_t>();
  const int64_t classes = logits.shape.c;
  const double dy = double(args.in[2].data<Real>()[0]), weights = sum_of_weights(args, op.class_weights);
  for (int64_t n = 0; n < labels.count(); ++n) {
    const double weight = weight_of(labels[n], classes, op.class_weights);
    const Real* row = logits.data + n * classes;
    Real* drow = dlogits.data + n * classes;
    if (weight == 0) {
      std::fill_n(drow, classes, Real(0));
      continue;
    }
    const Real largest = *std::max_element(row, row + classes), factor = Real(dy * weight / weights);
    Real others = 0;  // 1 - p of the label is their share: if p is near 1, a difference would cancel
    for (int64_t k = 0; k < classes; ++k) {
      drow[k] = std::exp(row[k] - largest);
      if (k != labels[n]) others += drow[k];
    }
    const Real sum = drow[labels[n]] + others;
    for (int64_t k = 0; k < classes; ++k) drow[k] *= factor / sum;
    drow[labels[n]] = -factor * others / sum;
  }
}

KernelFor<CrossEntropy, Backend::ref> forward_reference([](const CrossEntropy& op, auto real, const Args& args) {
  forward<decltype(real)>(op, args);
});
KernelFor<CrossEntropyBackward, Backend::ref> backward_reference([](const CrossEntropyBackward& op, auto real,
                                                                    const Args& args) {
  backward<decltype(real)>(op, args);
});
KernelFor<CrossEntropy, Backend::cpu> forward_fast([](const CrossEntropy& op, const Args& args) {
  forward<float>(op, args);
});
KernelFor<CrossEntropyBackward, Backend::cpu> backward_fast([](const CrossEntropyBackward& op, const Args& args) {
  backward<float>(op, args);
});

}  // namespace
}  // namespace tuna
