#include "kernels/pointwise/gradient_reversal.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("gradient_reversal", [](OpTable& table) {
  // The gradient of a single one differs from finite differences on purpose (tests/kernels/loss/losses.cpp).
  table.row("twice", [](Draw& draw) {
    return gradient_reversal(0.3 * gradient_reversal(draw.normal({2, 3, 5, 7}), 4), 0.25);
  });
});

}  // namespace tuna
