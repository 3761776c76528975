#include "kernels/pointwise/relu.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("relu", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return relu(draw.normal({2, 5, 7, 3})); });
  table.row("longer than a chunk", [](Draw& draw) { return relu(draw.normal({1, 61, 31, 9})); });
  table.row("in place, as is its gradient", [](Draw& draw) { return -0.5 * relu(-2 * draw.normal({1, 3, 5, 7})); });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return relu(in[0]); });
  });
  table
      .row("not a number stays one",
           [](Draw& draw) {
             return relu(
                 draw.with(draw.normal({1, 5, 7, 3}), {{0, kNaN}, {50, kInfinity}, {51, -kInfinity}, {104, kNaN}}));
           })
      .no_differences();
  table.bench("residual block at 512 px", [](Draw& draw) { return relu(draw.normal({1, 128, 128, 256})); });
  table.bench("residual block at 128 px", [](Draw& draw) { return relu(draw.normal({1, 32, 32, 256})); });
});

}  // namespace tuna
