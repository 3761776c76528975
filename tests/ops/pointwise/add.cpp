#include "kernels/pointwise/add.h"

#include "kernels/geometry/concatenate.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("add", [](OpTable& table) {
  table.row("two tensors", [](Draw& draw) { return draw.normal({2, 5, 7, 3}) + draw.normal({2, 5, 7, 3}); });
  table.row("a tensor twice", [](Draw& draw) {
    const Tensor x = draw.normal({1, 3, 2, 5});
    return x + x;
  });
  table.row("longer than a chunk", [](Draw& draw) {
    return draw.normal({1, 61, 31, 9}) + draw.normal({1, 61, 31, 9});
  });
  table.row("parts of a batch, which begin anywhere", [](Draw& draw) {
    const Tensors parts = split(draw.normal({4, 3, 1, 5}) + draw.normal({4, 3, 1, 5}), {2, 2});
    return parts[0] + parts[1];
  });
  table.bench("skip of a residual block at 512 px", [](Draw& draw) {
    return draw.normal({1, 128, 128, 256}) + draw.normal({1, 128, 128, 256});
  });
  table.refuses(
      "two shapes",
      [](Draw& draw) {
        return draw.normal({1, 2, 3, 4}) + draw.normal({1, 2, 4, 3});
      },
      "differ");
});

}  // namespace tuna
