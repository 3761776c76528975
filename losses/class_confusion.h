// Minimum class confusion (Jin et al., ECCV 2020): a loss of predictions without labels.
#pragma once

#include "engine/program/autograd.h"
#include "kernels/loss/class_confusion.h"
#include "kernels/loss/softmax.h"
#include "kernels/pointwise/scale.h"

namespace tuna {

/// Class confusion of softmax(logits / temperature), with a larger weight for certain samples.
/// logits [N, 1, 1, K] -> [1, 1, 1, 1].
inline Tensor class_confusion_loss(Tensor logits, double temperature) {
  const Tensor p = softmax((1 / temperature) * logits);
  return class_confusion(p, certainty_weights(stop_gradient(p)));
}

}  // namespace tuna
