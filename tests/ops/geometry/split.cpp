#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("split", [](OpTable& table) {
  table.row("three parts", [](Draw& draw) { return split(draw.normal({6, 3, 5, 7}), {2, 1, 3}); });
  table.row("one part", [](Draw& draw) { return split(draw.normal({2, 3, 1, 5}), {2}); });
  table.row("no gradient from the first and last part", [](Draw& draw) {
    return split(draw.normal({4, 3, 1, 5}), {1, 2, 1})[1];
  });
  table.row("parts are read after others were changed", [](Draw& draw) {
    const Tensor x = 2 * draw.normal({3, 2, 3, 5});
    const Tensors parts = split(x, {2, 1});
    const Tensor first = -0.5 * parts[0], second = 3 * parts[1];
    return Tensors{first, second, x + concatenate({first, second})};
  });
  table.row("a part of a part", [](Draw& draw) { return split(split(draw.normal({5, 2, 1, 3}), {1, 4})[1], {3, 1}); });
  table.row("longer than a chunk", [](Draw& draw) { return split(draw.normal({3, 61, 31, 9}), {1, 2}); });
  table.refuses(
      "parts that do not add up",
      [](Draw& draw) {
        return split(draw.normal({3, 1, 1, 2}), {1, 1});
      },
      "2 samples in all");
  table.refuses(
      "an empty part",
      [](Draw& draw) {
        return split(draw.normal({3, 1, 1, 2}), {3, 0});
      },
      "a part of 0 samples");
});

}  // namespace tuna
