#include "kernels/pointwise/leaky_relu.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("leaky_relu", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return leaky_relu(draw.normal({2, 5, 7, 3}), 0.2); });
  table.row("longer than a chunk", [](Draw& draw) { return leaky_relu(draw.normal({1, 61, 31, 9}), 0.2); });
  table.row("in place, as is its gradient", [](Draw& draw) {
    return -0.5 * leaky_relu(-2 * draw.normal({1, 3, 5, 7}), 0.1);
  });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return leaky_relu(in[0], 0.2); });
  });
  table
      .row("not a number stays one",
           [](Draw& draw) {
             return leaky_relu(
                 draw.with(draw.normal({1, 5, 7, 3}), {{0, kNaN}, {50, kInfinity}, {51, -kInfinity}, {104, kNaN}}),
                 0.2);
           })
      .no_differences();
  table.bench("discriminator at 512 px", [](Draw& draw) { return leaky_relu(draw.normal({1, 256, 256, 64}), 0.2); });
  table.refuses(
      "a slope of 0",
      [](Draw& draw) {
        return leaky_relu(draw.normal({1, 2, 3, 4}), 0);
      },
      "positive");
});

}  // namespace tuna
