#include "kernels/pool/global_average_pool.h"
#include "kernels/pool/max_pool2d.h"
#include "tests/op_table.h"

namespace tuna {

static const OpTable max_rows("max_pool2d", [](OpTable& table) {
  table.row("3x3, stride 2, padding 1, odd size", [](Draw& draw) {
    return max_pool2d(draw.normal({2, 7, 9, 5}), 3, 2, 1);
  });
  table.row("3x3, stride 2, padding 1, even size", [](Draw& draw) {
    return max_pool2d(draw.normal({1, 8, 6, 3}), 3, 2, 1);
  });
  table.row("2x2, stride 2", [](Draw& draw) { return max_pool2d(draw.normal({2, 5, 6, 9}), 2, 2, 0); });
  table.row("windows apart", [](Draw& draw) { return max_pool2d(draw.normal({1, 9, 7, 2}), 2, 3, 0); });
  table.row("one pixel", [](Draw& draw) { return max_pool2d(draw.normal({2, 1, 1, 7}), 3, 2, 1); });
  table.row("past a chunk", [](Draw& draw) { return max_pool2d(draw.normal({1, 37, 41, 17}), 3, 2, 1); });
  table.bench("stem of ResNet at 448 px", [](Draw& draw) {
    return max_pool2d(draw.normal({1, 224, 224, 64}), 3, 2, 1);
  });
  table.refuses(
      "padding past half the kernel",
      [](Draw& draw) {
        return max_pool2d(draw.normal({1, 5, 5, 1}), 3, 1, 2);
      },
      "padding 2");
});

static const OpTable average_rows("global_average_pool", [](OpTable& table) {
  table.row("odd size", [](Draw& draw) { return global_average_pool(draw.normal({2, 5, 7, 9})); });
  table.row("one pixel", [](Draw& draw) { return global_average_pool(draw.normal({3, 1, 1, 4})); });
  table.row("past a chunk", [](Draw& draw) { return global_average_pool(draw.normal({2, 15, 13, 130})); });
  table.bench("ResNet-18 at 448 px", [](Draw& draw) { return global_average_pool(draw.normal({1, 14, 14, 512})); });
});

}  // namespace tuna
