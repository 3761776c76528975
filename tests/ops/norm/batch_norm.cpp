#include "kernels/norm/batch_norm.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static Tensor normalised(Draw& draw, Shape shape, float eps = 1e-5f,
                         const std::vector<std::pair<int64_t, double>>& strays = {}) {
  const Shape channel{1, 1, 1, shape.c};
  const Tensor x = draw.with(draw.normal(shape, 0.5, 2), strays), weight = draw.parameter(channel, 1, 0.3),
               bias = draw.parameter(channel);
  const BatchNormed out = batch_norm(x, weight, bias, draw.constant_parameter(channel),
                                     draw.constant_positive_parameter(channel, 0.5, 2), 0.1f, eps);
  draw.also_compare(out.running_mean);
  draw.also_compare(out.running_var);
  return out.y;
}

static const OpTable rows("batch_norm", [](OpTable& table) {
  table.row("a batch", [](Draw& draw) { return normalised(draw, {3, 5, 7, 11}); });
  table.row("one sample", [](Draw& draw) { return normalised(draw, {1, 7, 5, 3}); });
  table.row("one pixel each", [](Draw& draw) { return normalised(draw, {5, 1, 1, 9}); });
  // With a small eps, y is the sign of the difference, and the whole gradient cancels.
  table.row("two values per channel", [](Draw& draw) { return normalised(draw, {2, 1, 1, 5}, 0.5f); });
  table.row("one channel", [](Draw& draw) { return normalised(draw, {3, 5, 9, 1}); });
  table.row("several chunks, which cross samples", [](Draw& draw) { return normalised(draw, {3, 17, 19, 21}); });
  table.row("more channels than a block", [](Draw& draw) { return normalised(draw, {2, 3, 2, 261}); });
  table.row("whole vectors of channels", [](Draw& draw) { return normalised(draw, {2, 3, 5, 8}); });
  table
      .row("whole vectors of channels, past a block, and several chunks",
           [](Draw& draw) {
             return normalised(draw, {1, 11, 13, 264});
           })
      .few_differences();
  // Gradients are left out: they use the saved mean, which in f32 is off by up to 2e-4 standard deviations.
  table.row("far from zero", [](Draw& draw) {
    const Shape channel{1, 1, 1, 4};
    const BatchNormed out =
        batch_norm(draw.constant_normal({2, 8, 8, 4}, 1e4, 2), draw.constant_parameter(channel, 1, 0.3),
                   draw.constant_parameter(channel), draw.constant_parameter(channel, 1e4),
                   draw.constant_positive_parameter(channel, 0.5, 2));
    draw.also_compare(out.running_mean);
    draw.also_compare(out.running_var);
    return out.y;
  });
  table.row("running statistics in the memory of their state", [](Draw& draw) {
    const Type channel{draw.program.accumulation_type(), {1, 1, 1, 5}};
    const Tensor mean = draw.program.state("running_mean", channel, Initial::constant(0.25)),
                 var = draw.program.state("running_var", channel, Initial::constant(2));
    const BatchNormed out = batch_norm(draw.normal({2, 3, 5, 5}), draw.parameter(channel.shape),
                                       draw.parameter(channel.shape), mean, var, 1.0f);
    draw.program.store(mean, out.running_mean);
    draw.program.store(var, out.running_var);
    draw.also_compare(out.running_mean);
    draw.also_compare(out.running_var);
    return out.y;
  });
  table
      .row("NaN, in its channel",
           [](Draw& draw) {
             return normalised(draw, {3, 2, 5, 8}, 1e-5f, {{2, kNaN}, {101, kNaN}});
           })
      .no_differences();
  table.bench("classifier at 448 px", [](Draw& draw) { return normalised(draw, {1, 112, 112, 64}); });
  table.bench("pretraining at 128 px", [](Draw& draw) { return normalised(draw, {32, 32, 32, 64}); });
  table.refuses(
      "a single value per channel",
      [](Draw& draw) {
        return normalised(draw, {1, 1, 1, 8});
      },
      "more than one value per channel");
  table.refuses(
      "a weight of another size",
      [](Draw& draw) {
        const Tensor three = draw.parameter({1, 1, 1, 3}), four = draw.parameter({1, 1, 1, 4});
        return batch_norm(draw.normal({2, 2, 2, 3}), four, three, three, three).y;
      },
      "must be f32 1x1x1x3");
});

}  // namespace tuna
