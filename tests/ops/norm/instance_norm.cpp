#include "kernels/norm/instance_norm.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("instance_norm", [](OpTable& table) {
  table.row("one sample, few channels", [](Draw& draw) { return instance_norm(draw.normal({1, 7, 5, 3})); });
  table.row("channels past a warp", [](Draw& draw) { return instance_norm(draw.normal({2, 5, 9, 33})); });
  table.row("one channel, fewer pixels than share a row", [](Draw& draw) {
    return instance_norm(draw.normal({3, 5, 7, 1}));
  });
  table.row("more channels than a block", [](Draw& draw) { return instance_norm(draw.normal({2, 3, 5, 261})); });
  table.row("two pixels", [](Draw& draw) { return instance_norm(draw.normal({2, 1, 2, 5}), 1e-2f); });
  table.row("several chunks", [](Draw& draw) { return instance_norm(draw.normal({2, 31, 33, 17}, 0.5, 2)); });
  table.row("several chunks, one channel", [](Draw& draw) { return instance_norm(draw.normal({1, 129, 131, 1})); });
  table.row("several chunks of whole rows", [](Draw& draw) { return instance_norm(draw.normal({1, 23, 23, 64})); });
  table
      .row("nearly flat: variance below eps",
           [](Draw& draw) {
             return instance_norm(draw.normal({1, 8, 8, 4}, 0.5, 1e-4));
           })
      .tolerate_short(0.2);
  // In f32 the saved mean is off by up to 3e-5 standard deviations.
  table.row("far from zero",
            [](Draw& draw) {
              return instance_norm(draw.normal({1, 16, 16, 2}, 1000, 1));
            })
      .tolerate(1e-4);
  const auto spoiled = [](Shape shape) {
    return [=](Draw& draw) {
      return instance_norm(draw.with(draw.normal(shape), {{2, kNaN}, {shape.c * 7 + 4, kInfinity}}));
    };
  };
  table.row("NaN and infinity, each in its channel", spoiled({2, 5, 7, 5})).no_differences();
  table.row("NaN and infinity, each in its channel, several chunks", spoiled({1, 11, 13, 264})).no_differences();
  table.bench("residual block at 512 px", [](Draw& draw) { return instance_norm(draw.normal({1, 128, 128, 256})); });
  table.bench("ends of the generator at 512 px", [](Draw& draw) {
    return instance_norm(draw.normal({1, 512, 512, 64}));
  });
  table.bench("residual block at 128 px", [](Draw& draw) { return instance_norm(draw.normal({1, 32, 32, 256})); });
  table.bench("residual block at 64 px, narrow", [](Draw& draw) {
    return instance_norm(draw.normal({1, 16, 16, 64}));
  });
  table.refuses(
      "a single pixel",
      [](Draw& draw) {
        return instance_norm(draw.normal({2, 1, 1, 8}));
      },
      "more than one pixel");
});

}  // namespace tuna
