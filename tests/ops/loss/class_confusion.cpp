#include "kernels/loss/class_confusion.h"

#include "kernels/loss/softmax.h"
#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

Tensor drawn_weights(Draw& draw, int64_t samples) {
  std::vector<double> weights(static_cast<size_t>(samples));
  for (size_t n = 0; n < weights.size(); ++n) weights[n] = 0.5 + 0.1 * double(n % 7);
  return draw.constant({samples, 1, 1, 1}, weights);
}

}  // namespace

static const OpTable weights_rows("certainty_weights", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("two classes", [](Draw& draw) { return certainty_weights(softmax(draw.constant_normal({5, 1, 1, 2}))); });
  table.row("more samples than a block has threads", [](Draw& draw) {
    return certainty_weights(softmax(draw.constant_normal({131, 1, 1, 3})));
  });
  table.row("certain", [](Draw& draw) { return certainty_weights(draw.constant({2, 1, 1, 2}, {0, 1, 0.5, 0.5})); });
  table.row("NaN in a sample", [](Draw& draw) {
    return certainty_weights(draw.with(draw.constant({2, 1, 1, 2}, {0, 1, 0.5, 0.5}), {{1, kNaN}}));
  });
  table.bench("a batch of 32", [](Draw& draw) { return certainty_weights(draw.constant_normal({32, 1, 1, 2})); });
  table.refuses(
      "images",
      [](Draw& draw) {
        return certainty_weights(draw.constant_normal({2, 3, 3, 2}));
      },
      "[N, 1, 1, K]");
});

static const OpTable confusion_rows("class_confusion", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("two classes", [](Draw& draw) {
    return class_confusion(softmax(draw.normal({5, 1, 1, 2})), drawn_weights(draw, 5));
  });
  table.row("more classes than a block has threads", [](Draw& draw) {
    return class_confusion(softmax(draw.normal({7, 1, 1, 131})), drawn_weights(draw, 7));
  });
  table.row("a class without any probability", [](Draw& draw) {
    return class_confusion(draw.constant({2, 1, 1, 3}, {0.25, 0.75, 0, 0.5, 0.5, 0}), drawn_weights(draw, 2));
  });
  table.bench("a batch of 32", [](Draw& draw) {
    return class_confusion(draw.normal({32, 1, 1, 2}), drawn_weights(draw, 32));
  });
  table.refuses(
      "weights of another batch",
      [](Draw& draw) {
        return class_confusion(draw.normal({3, 1, 1, 2}), drawn_weights(draw, 2));
      },
      "w must be f32 3x1x1x1");
});

}  // namespace tuna
