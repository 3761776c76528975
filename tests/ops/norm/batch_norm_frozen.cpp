#include "kernels/norm/batch_norm_frozen.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static Tensor normalised(Draw& draw, Shape shape) {
  const Shape channel{1, 1, 1, shape.c};
  const Tensor x = draw.normal(shape, 0.5, 2), weight = draw.parameter(channel, 1, 0.3), bias = draw.parameter(channel);
  return batch_norm_frozen(x, weight, bias, draw.constant_parameter(channel),
                           draw.constant_positive_parameter(channel, 0.5, 2));
}

static const OpTable rows("batch_norm_frozen", [](OpTable& table) {
  table.row("a batch", [](Draw& draw) { return normalised(draw, {3, 5, 7, 11}); });
  table.row("a single pixel", [](Draw& draw) { return normalised(draw, {1, 1, 1, 9}); });
  table.row("one channel", [](Draw& draw) { return normalised(draw, {2, 9, 5, 1}); });
  table.row("several chunks", [](Draw& draw) { return normalised(draw, {2, 23, 25, 19}); });
  table.row("whole vectors of channels", [](Draw& draw) { return normalised(draw, {2, 3, 5, 8}); });
  table
      .row("whole vectors of channels, past a block, and several chunks",
           [](Draw& draw) {
             return normalised(draw, {1, 11, 13, 264});
           })
      .few_differences();
  table.row("gradient of x alone", [](Draw& draw) {
    const Shape channel{1, 1, 1, 5};
    return batch_norm_frozen(draw.normal({2, 3, 7, 5}), draw.constant_parameter(channel),
                             draw.constant_parameter(channel), draw.constant_parameter(channel),
                             draw.constant_positive_parameter(channel, 0.5, 2), 0.1f);
  });
  table.bench("classifier at 448 px", [](Draw& draw) { return normalised(draw, {1, 112, 112, 64}); });
  table.refuses(
      "a mean of another size",
      [](Draw& draw) {
        const Tensor three = draw.parameter({1, 1, 1, 3}), four = draw.parameter({1, 1, 1, 4});
        return batch_norm_frozen(draw.normal({2, 2, 2, 3}), three, three, four, three);
      },
      "must be f32 1x1x1x3");
});

}  // namespace tuna
