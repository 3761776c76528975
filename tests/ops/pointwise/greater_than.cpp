#include "kernels/pointwise/greater_than.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("greater_than", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return greater_than(draw.constant_normal({2, 5, 7, 3}), -0.25); });
  table.row("the threshold itself, its neighbours, infinity and NaN", [](Draw& draw) {
    const Tensor x = draw.constant({1, 1, 1, 5}, {0.5, 0.50390625, 0.498046875, 0, 0});
    return greater_than(draw.with(x, {{3, kInfinity}, {4, kNaN}}), 0.5);
  });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.constant_normal({3, 1, 1, 5})}, [](const Tensors& in) { return greater_than(in[0], 0); });
  });
});

}  // namespace tuna
