#include "kernels/geometry/flip.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("flip", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return flip(draw.normal({2, 5, 7, 3})); });
  table.row("one channel", [](Draw& draw) { return flip(draw.normal({2, 3, 8, 1})); });
  table.row("channels in vectors", [](Draw& draw) { return flip(draw.normal({2, 3, 5, 8})); });
  table.row("one column", [](Draw& draw) { return flip(draw.normal({1, 5, 1, 9})); });
  table.row("longer than a chunk", [](Draw& draw) { return flip(draw.normal({3, 51, 43, 9})); });
  table.bench("image of 512 px", [](Draw& draw) { return flip(draw.normal({1, 512, 512, 1})); });
  table.bench("colour image of 512 px", [](Draw& draw) { return flip(draw.normal({1, 512, 512, 3})); });
});

}  // namespace tuna
