#include "kernels/norm/batch_norm.h"

#include "tests/op_table.h"

namespace tuna {
namespace {

Shape channels(const Shape& x) { return {1, 1, 1, x.c}; }

Tensor training(Draw& draw, Shape shape, double mean = 0, double deviation = 1) {
  const Tensor x = draw.normal(shape, mean, deviation), weight = draw.normal(channels(shape), 1, 0.3),
               bias = draw.normal(channels(shape));
  const BatchNormed result = batch_norm(x, weight, bias, draw.constant_normal(channels(shape)),
                                        draw.constant_uniform(channels(shape), 0.5, 2));
  draw.also_compare(result.running_mean);
  draw.also_compare(result.running_var);
  return result.y;
}

Tensor frozen(Draw& draw, Shape shape) {
  const Tensor x = draw.normal(shape), weight = draw.normal(channels(shape), 1, 0.3),
               bias = draw.normal(channels(shape));
  return batch_norm_frozen(x, weight, bias, draw.constant_normal(channels(shape)),
                           draw.constant_uniform(channels(shape), 0.5, 2));
}

}  // namespace

static const OpTable training_rows("batch_norm", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return training(draw, {3, 5, 4, 7}); });
  table.row("one pixel per sample", [](Draw& draw) { return training(draw, {5, 1, 1, 3}); });
  table.row("past a chunk", [](Draw& draw) { return training(draw, {2, 33, 29, 19}); });
  table.row("far from zero", [](Draw& draw) { return training(draw, {2, 8, 8, 3}, 100); });
  table.bench("ResNet-18's first stage, batch 32 at 112 px", [](Draw& draw) {
    return training(draw, {32, 28, 28, 64});
  });
  table.refuses(
      "a single value per channel",
      [](Draw& draw) {
        return training(draw, {1, 1, 1, 4});
      },
      "more than one value");
});

static const OpTable frozen_rows("batch_norm_frozen", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return frozen(draw, {2, 5, 4, 7}); });
  table.row("a single value", [](Draw& draw) { return frozen(draw, {1, 1, 1, 3}); });
  table.row("past a chunk", [](Draw& draw) { return frozen(draw, {2, 33, 29, 19}); });
  table.bench("ResNet-18's first stage at 448 px", [](Draw& draw) { return frozen(draw, {1, 112, 112, 64}); });
  table.refuses(
      "weights of another net",
      [](Draw& draw) {
        const Tensor x = draw.normal({1, 2, 2, 3}), c = draw.normal({1, 1, 1, 4});
        return batch_norm_frozen(x, c, c, c, c);
      },
      "input 1 is 1x1x1x4");
});

}  // namespace tuna
