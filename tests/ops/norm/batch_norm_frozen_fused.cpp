#include "kernels/norm/batch_norm_frozen_fused.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static auto fused(Shape shape, bool skip, bool learning = true) {
  return [=](Draw& draw) {
    const Shape channel{1, 1, 1, shape.c};
    const auto parameter = [&](double mean, double deviation) {
      return learning ? draw.parameter(channel, mean, deviation) : draw.constant_parameter(channel, mean, deviation);
    };
    Tensors in{draw.normal(shape, 0.5, 2), parameter(1, 0.3), parameter(0, 1), draw.constant_parameter(channel),
               draw.constant_positive_parameter(channel, 0.5, 2)};
    if (skip) in.push_back(draw.normal(shape));
    return record(BatchNormFrozenFused(1e-5, skip), in);
  };
}

static const OpTable rows("batch_norm_frozen_fused", [](OpTable& table) {
  table.row("relu", fused({3, 5, 7, 11}, false));
  table.row("relu, one channel", fused({2, 9, 5, 1}, false));
  table.row("relu, several chunks", fused({2, 23, 25, 19}, false));
  table.row("relu, whole vectors of channels", fused({2, 3, 5, 8}, false));
  table.row("relu, whole vectors of channels, past a block, and several chunks", fused({1, 11, 13, 264}, false))
      .few_differences();
  table.row("relu, frozen parameters", fused({2, 5, 3, 8}, false, false));
  table.row("skip", fused({3, 5, 7, 11}, true));
  table.row("skip, a single pixel", fused({1, 1, 1, 9}, true));
  table.row("skip, several chunks", fused({2, 23, 25, 19}, true));
  table.row("skip, whole vectors of channels, past a block, and several chunks", fused({1, 11, 13, 264}, true))
      .few_differences();
  table.row("skip, frozen parameters", fused({2, 5, 3, 8}, true, false));
  table.bench("relu: classifier at 448 px", fused({1, 112, 112, 64}, false));
  table.bench("skip: classifier at 448 px", fused({1, 112, 112, 64}, true));
  table.refuses(
      "a skip of another size",
      [](Draw& draw) {
        const Tensor three = draw.parameter({1, 1, 1, 3});
        return record(BatchNormFrozenFused(1e-5, true),
                      {draw.normal({2, 2, 2, 3}), three, three, three, three, draw.normal({2, 2, 3, 3})});
      },
      "a skip of f32 2x2x3x3 for f32 2x2x2x3");
});

}  // namespace tuna
