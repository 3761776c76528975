#include "models/grad_cam.h"

#include <algorithm>

#include "engine/program/autograd.h"
#include "engine/program/gradient_ops.h"
#include "kernels/conv/conv2d.h"
#include "kernels/pointwise/channel_affine.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pool/global_average_pool.h"

namespace tuna {
namespace {

const Step* producer(Tensor x) {
  for (const Step& step : x.program->steps())
    if (std::count(step.out.begin(), step.out.end(), x.id)) return &step;
  return nullptr;
}

// What the last global average before x reads.
Tensor averaged_activations(Tensor x) {
  while (const Step* step = producer(x)) {
    const Tensor in{x.program, step->in.at(0)};
    if (dynamic_cast<const GlobalAveragePool*>(step->op.get())) return in;
    x = in;
  }
  fail("grad_cam: {} does not follow from a global average", x.program->value(x.id).name);
}

// 1 at the label, and 0 at the other classes.
Tensor one_hot(Tensor logits, int64_t label) {
  std::vector<double> scale(size_t(logits.shape().c), 0), shift = scale;
  shift.at(size_t(label)) = 1;
  return channel_affine(fill(*logits.program, logits.type(), 0), scale, shift);
}

}  // namespace

Tensor grad_cam(Tensor logits, int64_t label) {
  check(logits.shape().n == 1 && logits.shape().pixels() == 1,
        "grad_cam: logits must be [1, 1, 1, classes], of one image, got {}", logits.shape());
  const Tensor activations = averaged_activations(logits);
  const Tensor gradient = gradients({logits}, {one_hot(logits, label)}, {activations})[0];
  const Tensor weights = global_average_pool(gradient);
  return relu(conv2d(activations, weights, {}));  // 1 x 1 pixels: the weighted sum of the channels
}

}  // namespace tuna
