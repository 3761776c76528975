#include "kernels/pointwise/scale.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("scale", [](OpTable& table) {
  table.row("by a fraction", [](Draw& draw) { return -0.3 * draw.normal({2, 3, 5, 7}); });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.normal({3, 1, 1, 5})}, [](const Tensors& in) { return -0.3 * in[0]; });
  });
});

}  // namespace tuna
