#include "kernels/geometry/concatenate.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("concatenate", [](OpTable& table) {
  table.row("batches of three sizes", [](Draw& draw) {
    return concatenate({draw.normal({2, 3, 5, 7}), draw.normal({1, 3, 5, 7}), draw.normal({3, 3, 5, 7})});
  });
  table.row("a tensor twice", [](Draw& draw) {
    const Tensor x = draw.normal({2, 3, 1, 5});
    return concatenate({x, x});
  });
  table.row("one tensor", [](Draw& draw) { return concatenate({draw.normal({2, 3, 1, 5})}); });
  table.row("only one part needs a gradient", [](Draw& draw) {
    return concatenate({draw.constant_normal({1, 2, 3, 5}), draw.normal({2, 2, 3, 5})});
  });
  table.row("longer than a chunk", [](Draw& draw) {
    return concatenate({draw.normal({1, 61, 31, 9}), draw.normal({2, 61, 31, 9})});
  });
  table.row("sizes of whole vectors", [](Draw& draw) {
    return concatenate({draw.normal({2, 3, 5, 8}), draw.normal({1, 3, 5, 8}), draw.normal({11, 3, 5, 8})});
  });
  table.row("forty parts", [](Draw& draw) {
    Tensors parts;
    for (int64_t i = 0; i < 40; ++i) parts.push_back(draw.normal({1 + i % 3, 1, 3, 1}));
    return concatenate(parts);
  });
  table.row("labels", [](Draw& draw) { return concatenate({draw.labels(3, 5), draw.labels(2, 5)}); });
  table.bench("images of 512 px", [](Draw& draw) {
    return concatenate({draw.normal({1, 512, 512, 3}), draw.normal({1, 512, 512, 3})});
  });
  table.refuses(
      "two image sizes",
      [](Draw& draw) {
        return concatenate({draw.normal({1, 2, 3, 4}), draw.normal({1, 2, 4, 3})});
      },
      "more than the batch");
});

}  // namespace tuna
