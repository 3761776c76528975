#include "kernels/pointwise/gradient_reversal.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("gradient_reversal", [](OpTable& table) {
  // The gradient of a single one differs from finite differences on purpose (tests/kernels/loss/losses.cpp).
  table.row("twice", [](Draw& draw) {
    const Tensor by_4 = draw.constant_parameter({1, 1, 1, 1}, 4, 0),
                 by_a_quarter = draw.constant_parameter({1, 1, 1, 1}, 0.25, 0);
    return gradient_reversal(0.3 * gradient_reversal(draw.normal({2, 3, 5, 7}), by_4), by_a_quarter);
  });
  table.refuses(
      "a factor of another shape",
      [](Draw& draw) {
        return gradient_reversal(draw.normal({1, 1, 1, 4}), draw.constant_parameter({1, 1, 1, 4}));
      },
      "gradient_reversal: the factor must be f32 1x1x1x1, got f32 1x1x1x4");
});

}  // namespace tuna
