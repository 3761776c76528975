#include "kernels/pointwise/tanh.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("tanh", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return tanh(draw.normal({2, 5, 7, 3})); });
  table.row("longer than a chunk", [](Draw& draw) { return tanh(draw.normal({1, 161, 131, 1})); });
  table.row("in place, as is its gradient", [](Draw& draw) { return -0.5 * tanh(-2 * draw.normal({1, 3, 5, 7})); });
  table.row("close to 0", [](Draw& draw) { return tanh(draw.normal({1, 3, 5, 2}, 0, 1e-3)); });
  table.row("saturated", [](Draw& draw) {
    return tanh(draw.constant({1, 2, 4, 1}, {-1e30, -100, -9.1, -9, 9, 9.1, 100, 1e30}));
  });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return tanh(in[0]); });
  });
  table
      .row("not a number stays one",
           [](Draw& draw) {
             return tanh(
                 draw.with(draw.normal({1, 5, 7, 3}), {{0, kNaN}, {50, kInfinity}, {51, -kInfinity}, {104, kNaN}}));
           })
      .no_differences();
  table.bench("image of 512 px", [](Draw& draw) { return tanh(draw.normal({1, 512, 512, 1})); });
});

}  // namespace tuna
