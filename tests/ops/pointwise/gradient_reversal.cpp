#include "kernels/pointwise/gradient_reversal.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("gradient_reversal", [](OpTable& table) {
  // A single one has, on purpose, another gradient than finite differences have.
  table.row("twice", [](Draw& draw) {
    return gradient_reversal(0.3 * gradient_reversal(draw.normal({2, 3, 5, 7}), 4), 0.25);
  });
});

}  // namespace tuna
