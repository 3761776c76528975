#include "kernels/pointwise/fill.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("fill", [](OpTable& table) {
  table.row("one channel", [](Draw& draw) {
    return fill(draw.program, {draw.program.accumulation_type(), {2, 5, 7, 1}}, 0.3);
  });
  table.row("channels in vectors", [](Draw& draw) {
    return fill(draw.program, {draw.program.accumulation_type(), {1, 3, 5, 8}}, -2);
  });
  table.row("activations", [](Draw& draw) {
    return fill(draw.program, {draw.program.activation(), {1, 3, 5, 8}}, 0.3);
  });
});

}  // namespace tuna
