#include "kernels/pool/global_average_pool.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("global_average_pool", [](OpTable& table) {
  table.row("a batch", [](Draw& draw) { return global_average_pool(draw.normal({3, 5, 7, 11}, 0.5, 2)); });
  table.row("one pixel", [](Draw& draw) { return global_average_pool(draw.normal({2, 1, 1, 5})); });
  table.row("one channel", [](Draw& draw) { return global_average_pool(draw.normal({2, 9, 4, 1}, 1)); });
  table.row("several chunks", [](Draw& draw) { return global_average_pool(draw.normal({2, 29, 31, 19}, 1)); });
  table.row("several chunks, one channel", [](Draw& draw) {
    return global_average_pool(draw.normal({1, 67, 65, 1}, 1));
  });
  table.row("whole vectors of channels", [](Draw& draw) { return global_average_pool(draw.normal({2, 3, 5, 8})); });
  table
      .row("whole vectors of channels, past a block, and several chunks",
           [](Draw& draw) {
             return global_average_pool(draw.normal({2, 11, 13, 264}, 1));
           })
      .few_differences();
  table
      .row("NaN, in its channel",
           [](Draw& draw) {
             return global_average_pool(draw.with(draw.normal({2, 3, 5, 8}), {{9, kNaN}, {239, kNaN}}));
           })
      .no_differences();
  table.bench("classifier at 448 px", [](Draw& draw) { return global_average_pool(draw.normal({1, 14, 14, 512})); });
});

}  // namespace tuna
