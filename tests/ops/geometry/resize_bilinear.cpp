#include "kernels/geometry/resize_bilinear.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("resize_bilinear", [](OpTable& table) {
  table.row("to seven eighths", [](Draw& draw) { return resize_bilinear(draw.normal({2, 16, 8, 3}), 14, 7); });
  table.row("wider and lower", [](Draw& draw) { return resize_bilinear(draw.normal({2, 7, 5, 9}), 4, 11); });
  table.row("one channel", [](Draw& draw) { return resize_bilinear(draw.normal({3, 9, 7, 1}), 8, 10); });
  table.row("so small that pixels are skipped", [](Draw& draw) {
    return resize_bilinear(draw.normal({2, 11, 13, 2}), 2, 3);
  });
  table.row("channels in vectors", [](Draw& draw) { return resize_bilinear(draw.normal({2, 6, 5, 8}), 9, 4); });
  table.row("much larger", [](Draw& draw) { return resize_bilinear(draw.normal({1, 2, 3, 1}), 17, 32); });
  table.row("to one pixel", [](Draw& draw) { return resize_bilinear(draw.normal({1, 4, 5, 3}), 1, 1); });
  table.row("from one pixel", [](Draw& draw) { return resize_bilinear(draw.normal({1, 1, 1, 3}), 4, 5); });
  table.row("to its own size", [](Draw& draw) { return resize_bilinear(draw.normal({1, 4, 5, 3}), 4, 5); });
  table.row("longer than a chunk", [](Draw& draw) { return resize_bilinear(draw.normal({2, 61, 91, 3}), 83, 75); });
  table.bench("image of 512 px for the classifier", [](Draw& draw) {
    return resize_bilinear(draw.normal({1, 512, 512, 1}), 448, 448);
  });
  table.bench("colour image of 512 px for the classifier", [](Draw& draw) {
    return resize_bilinear(draw.normal({1, 512, 512, 3}), 448, 448);
  });
  table.refuses(
      "no pixels",
      [](Draw& draw) {
        return resize_bilinear(draw.normal({1, 4, 5, 3}), 4, 0);
      },
      "size of 4 x 0");
});

}  // namespace tuna
