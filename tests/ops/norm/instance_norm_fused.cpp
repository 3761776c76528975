#include "kernels/norm/instance_norm_fused.h"

#include "kernels/norm/instance_norm.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("instance_norm_fused", [](OpTable& table) {
  const auto rectified = [](Shape shape, double slope, int64_t padding, bool keep = false) {
    return [=](Draw& draw) {
      const Tensors out =
          instance_norm_fused(draw.normal(shape, 0.5, 2), {.slope = slope, .padding = padding, .keep_unpadded = keep});
      return keep ? Tensors{out[0], out[3]} : Tensors{out[0]};
    };
  };
  const auto summed = [](Shape shape, int64_t padding, bool keep) {
    return [=](Draw& draw) {
      const Tensor x = draw.normal(shape, 0.5, 2), skip = draw.normal(shape);
      const Tensors out = instance_norm_fused(x, skip, {.padding = padding, .keep_unpadded = keep});
      return keep ? Tensors{out[0], out[3]} : Tensors{out[0]};
    };
  };
  table.row("relu", rectified({2, 7, 5, 3}, 0, 0));
  table.row("relu, padding 1", rectified({2, 7, 5, 3}, 0, 1));
  table.row("relu, padding 1, channels past a warp", rectified({2, 5, 6, 37}, 0, 1));
  table.row("relu, padding 1, channels in vectors", rectified({2, 6, 5, 40}, 0, 1));
  table.row("relu, padding 1, several chunks", rectified({1, 13, 11, 37}, 0, 1));
  table.row("relu, padding 3 at its limit, both results", rectified({2, 4, 9, 5}, 0, 3, true));
  table.row("leaky relu", rectified({2, 7, 5, 6}, 0.2, 0));
  table.row("leaky relu, padding 2, one channel", rectified({2, 7, 5, 1}, 0.2, 2));
  table.row("leaky relu, slope above 1", rectified({2, 7, 5, 6}, 1.5, 1));
  table.row("no rectifier, padding 1", rectified({2, 5, 7, 3}, 1, 1));
  // The gradient of the skip is rounded before that of x is computed from it.
  constexpr double kRoundedOnTheWay = 0.5;
  table.row("skip", summed({2, 7, 5, 3}, 0, false)).tolerate_short(kRoundedOnTheWay);
  table.row("skip, padding 1", summed({2, 7, 5, 3}, 1, false)).tolerate_short(kRoundedOnTheWay);
  table.row("skip, padding 1, both results", summed({2, 5, 6, 19}, 1, true)).tolerate_short(kRoundedOnTheWay);
  table.row("skip, padding 1, both results, several chunks", summed({1, 37, 33, 12}, 1, true))
      .tolerate_short(kRoundedOnTheWay);
  table
      .row("skip, padding 1, both results, whole vectors of channels, past a block, and several chunks",
           summed({1, 11, 13, 264}, 1, true))
      .tolerate_short(kRoundedOnTheWay)
      .few_differences();
  const auto again = [](Shape shape, InstanceNormChain chain) {
    return [=](Draw& draw) {
      const Shape statistic{shape.n, 1, 1, shape.c};
      Tensors in{draw.constant_normal(shape, 0.5, 2), draw.constant_parameter(statistic, 0.5, 0.1),
                 draw.constant_positive_parameter(statistic, 0.4, 0.6)};
      if (chain.skip) in.push_back(draw.constant_normal(shape));
      return record(InstanceNormFusedRecompute(chain), in)[0];
    };
  };
  table.row("recompute: relu, padding 1", again({2, 7, 5, 3}, {.slope = 0, .padding = 1}));
  table.row("recompute: leaky relu", again({2, 7, 5, 8}, {.slope = 0.2}));
  table.row("recompute: skip, padding 3", again({2, 5, 6, 19}, {.skip = true, .padding = 3}));
  table.row("recompute: skip, padding 1, several chunks", again({1, 37, 33, 16}, {.skip = true, .padding = 1}));
  table.row("backward: what the rectifier stops may be infinite", [](Draw& draw) {
    const Tensor x = draw.constant_normal({2, 5, 6, 8});
    const Tensors norm = record(InstanceNorm(InstanceNormChain().eps), {x});
    const Tensor stopped = 1e38 * (1e38 * relu(-1 * norm[0])), dy = stopped + draw.constant_normal(x.type().shape);
    return record(InstanceNormFusedBackward({.slope = 0}), {x, norm[1], norm[2], dy})[0];
  });
  table.row("only the unpadded result has a gradient", [](Draw& draw) {
    const Tensors out =
        instance_norm_fused(draw.normal({2, 5, 6, 3}), {.slope = 0, .padding = 1, .keep_unpadded = true});
    draw.also_compare(out[0]);
    return out[3];
  });
  const auto spoiled = [](bool skip) {
    return [=](Draw& draw) {
      const Shape shape{2, 5, 7, 8};
      const Tensor x = draw.with(draw.normal(shape), {{2, kNaN}, {60, kInfinity}});
      if (skip) return instance_norm_fused(x, draw.with(draw.normal(shape), {{133, kNaN}}), {.padding = 1})[0];
      return instance_norm_fused(x, {.slope = 0, .padding = 1})[0];
    };
  };
  table.row("relu, padding 1, NaN and infinity, each in its channel", spoiled(false)).no_differences();
  table.row("skip, padding 1, NaN and infinity, each in its channel, NaN in the skip", spoiled(true))
      .tolerate_short(kRoundedOnTheWay)
      .no_differences();
  table.bench("relu, padding 1: residual block at 512 px", rectified({1, 128, 128, 256}, 0, 1));
  table.bench("skip, padding 1: residual block at 512 px", summed({1, 128, 128, 256}, 1, true));
  table.bench("relu, padding 1: residual block at 128 px", rectified({1, 32, 32, 256}, 0, 1));
  table.bench("skip, padding 1: residual block at 128 px", summed({1, 32, 32, 256}, 1, true));
  table.bench("relu, padding 3: end of the generator at 512 px", rectified({1, 512, 512, 64}, 0, 3));
  table.refuses(
      "a skip and a rectifier",
      [](Draw& draw) {
        return instance_norm_fused(draw.normal({1, 3, 3, 2}), draw.normal({1, 3, 3, 2}), {.slope = 0});
      },
      "either a skip or a rectifier");
});

}  // namespace tuna
