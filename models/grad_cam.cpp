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

std::string network_of(const Step& step) { return step.scope.substr(0, step.scope.find('.')); }

bool is_large(Tensor x, int64_t pixels) { return x.shape().h >= pixels && x.shape().w >= pixels; }

// The deepest activations of the same network, from these on, that are large enough.
Tensor activations_of(Tensor last, int64_t pixels) {
  if (is_large(last, pixels)) return last;
  const Step* step = producer(last);
  const std::string network = step ? network_of(*step) : "";
  for (; step && network_of(*step) == network; step = producer({last.program, step->in.at(0)}))
    if (const Tensor out{last.program, step->out.at(0)};
        dynamic_cast<const Relu*>(step->op.get()) && is_large(out, pixels))
      return out;
  return last;
}

// 1 at the label, and 0 at the other classes.
Tensor one_hot(Tensor logits, int64_t label) {
  std::vector<double> scale(size_t(logits.shape().c), 0), shift = scale;
  shift.at(size_t(label)) = 1;
  return channel_affine(fill(*logits.program, logits.type(), 0), scale, shift);
}

}  // namespace

Tensor grad_cam(Tensor logits, int64_t label, int64_t pixels) {
  check(logits.shape().n == 1 && logits.shape().pixels() == 1,
        "grad_cam: logits must be [1, 1, 1, classes], of one image, got {}", logits.shape());
  const Tensor activations = activations_of(averaged_activations(logits), pixels);
  const Tensor gradient = gradients({logits}, {one_hot(logits, label)}, {activations})[0];
  const Tensor weights = global_average_pool(gradient);
  return relu(conv2d(activations, weights, {}));  // 1 x 1 pixels: the weighted sum of the channels
}

}  // namespace tuna
