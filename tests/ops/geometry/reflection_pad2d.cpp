#include "kernels/geometry/reflection_pad2d.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("reflection_pad2d", [](OpTable& table) {
  table.row("by 1", [](Draw& draw) { return reflection_pad2d(draw.normal({2, 5, 7, 3}), 1); });
  table.row("by 3, one channel", [](Draw& draw) { return reflection_pad2d(draw.normal({2, 9, 7, 1}), 3); });
  table.row("at its limit: nine sources", [](Draw& draw) { return reflection_pad2d(draw.normal({2, 4, 5, 2}), 3); });
  table.row("two pixels", [](Draw& draw) { return reflection_pad2d(draw.normal({1, 2, 2, 9}), 1); });
  table.row("by nothing", [](Draw& draw) { return reflection_pad2d(draw.normal({1, 1, 3, 2}), 0); });
  table.row("longer than a chunk", [](Draw& draw) { return reflection_pad2d(draw.normal({3, 41, 23, 17}), 2); });
  table.row("channels in vectors", [](Draw& draw) { return reflection_pad2d(draw.normal({2, 5, 7, 8}), 3); });
  table.row("more channels than a warp", [](Draw& draw) { return reflection_pad2d(draw.normal({1, 9, 7, 132}), 1); });
  table.bench("residual block at 512 px", [](Draw& draw) {
    return reflection_pad2d(draw.normal({1, 128, 128, 256}), 1);
  });
  table.bench("residual block at 128 px", [](Draw& draw) {
    return reflection_pad2d(draw.normal({1, 32, 32, 256}), 1);
  });
  table.bench("end of the generator at 512 px", [](Draw& draw) {
    return reflection_pad2d(draw.normal({1, 512, 512, 64}), 3);
  });
  table.bench("image of 512 px", [](Draw& draw) { return reflection_pad2d(draw.normal({1, 512, 512, 1}), 3); });
  table.refuses(
      "as much as there is",
      [](Draw& draw) {
        return reflection_pad2d(draw.normal({1, 4, 3, 1}), 3);
      },
      "padding of 3 does not fit");
  table.refuses(
      "a negative padding",
      [](Draw& draw) {
        return reflection_pad2d(draw.normal({1, 4, 3, 1}), -1);
      },
      "padding of -1 does not fit");
});

}  // namespace tuna
