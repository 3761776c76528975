#include "kernels/random/random_tensor.h"

#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

Tensor counter(Draw& draw) { return draw.integers({1, 1, 1, 2}, {-5, 70000}); }

}  // namespace

static const OpTable uniform_rows("random_uniform", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("a count that 4 does not divide", [](Draw& draw) {
    return random_uniform(draw.program, {2, 5, 7, 3}, counter(draw), "noise");
  });
  table.row("longer than a chunk", [](Draw& draw) {
    return random_uniform(draw.program, {1, 61, 31, 9}, counter(draw), "noise");
  });
  table.bench("an image of 512 px", [](Draw& draw) {
    return random_uniform(draw.program, {1, 512, 512, 1}, counter(draw), "noise");
  });
  table.refuses(
      "a counter of one",
      [](Draw& draw) {
        return random_uniform(draw.program, {1, 2, 2, 1}, draw.integers({1, 1, 1, 1}, {0}), "noise");
      },
      "1x1x1x2");
});

static const OpTable normal_rows("random_normal", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("a count that 4 does not divide", [](Draw& draw) {
    return random_normal(draw.program, {2, 5, 7, 3}, counter(draw), "noise");
  });
  table.row("longer than a chunk", [](Draw& draw) {
    return random_normal(draw.program, {1, 61, 31, 9}, counter(draw), "noise");
  });
  table.bench("an image of 512 px", [](Draw& draw) {
    return random_normal(draw.program, {1, 512, 512, 1}, counter(draw), "noise");
  });
});

}  // namespace tuna
