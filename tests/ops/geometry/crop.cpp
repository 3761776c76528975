#include "kernels/geometry/crop.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("crop", [](OpTable& table) {
  table.row("inside", [](Draw& draw) { return crop(draw.normal({2, 5, 7, 3}), 1, 2, 3, 4); });
  table.row("one pixel in the last corner", [](Draw& draw) { return crop(draw.normal({2, 5, 7, 1}), 4, 6, 1, 1); });
  table.row("first corner", [](Draw& draw) { return crop(draw.normal({1, 4, 3, 9}), 0, 0, 2, 2); });
  table.row("channels in vectors", [](Draw& draw) { return crop(draw.normal({2, 5, 7, 8}), 1, 2, 3, 4); });
  table.row("everything", [](Draw& draw) { return crop(draw.normal({1, 4, 3, 2}), 0, 0, 4, 3); });
  table.row("longer than a chunk", [](Draw& draw) { return crop(draw.normal({3, 51, 43, 9}), 3, 1, 47, 41); });
  table.bench("images of 542 px", [](Draw& draw) { return crop(draw.normal({1, 542, 542, 1}), 7, 21, 512, 512); });
  table.refuses(
      "a row too many",
      [](Draw& draw) {
        return crop(draw.normal({1, 4, 3, 2}), 2, 0, 3, 3);
      },
      "do not lie in");
  table.refuses(
      "a column before the first",
      [](Draw& draw) {
        return crop(draw.normal({1, 4, 3, 2}), 0, -1, 3, 3);
      },
      "do not lie in");
});

}  // namespace tuna
