#include "kernels/pointwise/scale.h"

#include "tests/op_table.h"

namespace tuna {

static const OpTable rows("scale", [](OpTable& table) {
  table.row("by a fraction", [](Draw& draw) { return -0.3 * draw.normal({2, 3, 5, 7}); });
});

}  // namespace tuna
