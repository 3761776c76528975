#include "kernels/pointwise/channel_affine.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("channel_affine", [](OpTable& table) {
  const std::vector<double> scale{2.2, 2.3, -2.4}, shift{-0.3, 0, 0.2};
  table.row("colour", [=](Draw& draw) { return channel_affine(draw.normal({2, 5, 7, 3}), scale, shift); });
  table.row("gray", [](Draw& draw) { return channel_affine(draw.normal({2, 5, 7, 1}), {2}, {0.1}); });
  table.row("gray to colour", [=](Draw& draw) { return channel_affine(draw.normal({2, 5, 7, 1}), scale, shift); });
  table.row("five channels", [](Draw& draw) {
    return channel_affine(draw.normal({2, 3, 5, 5}), {1, 2, 3, 4, 5}, {5, 4, 3, 2, 1});
  });
  table.row("gray to five channels", [](Draw& draw) {
    return channel_affine(draw.normal({2, 3, 5, 1}), {1, 2, 3, 4, 5}, {5, 4, 3, 2, 1});
  });
  table.row("eight channels", [](Draw& draw) {
    return channel_affine(draw.normal({2, 3, 5, 8}), {1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1});
  });
  table.row("gray to eight channels", [](Draw& draw) {
    return channel_affine(draw.normal({2, 3, 5, 1}), {1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1});
  });
  table.row("in place, as is its gradient", [=](Draw& draw) {
    return -0.5 * channel_affine(-2 * draw.normal({1, 3, 5, 3}), scale, shift);
  });
  table.row("longer than a chunk", [=](Draw& draw) {
    return channel_affine(draw.normal({2, 131, 97, 1}), scale, shift);
  });
  table.bench("colour image for the classifier", [=](Draw& draw) {
    return channel_affine(draw.normal({1, 448, 448, 3}), scale, shift);
  });
  table.bench("gray image for the classifier", [=](Draw& draw) {
    return channel_affine(draw.normal({1, 448, 448, 1}), scale, shift);
  });
  table.refuses(
      "another number of channels",
      [=](Draw& draw) {
        return channel_affine(draw.normal({1, 2, 3, 4}), scale, shift);
      },
      "constants for 3 channels do not fit");
  table.refuses(
      "fewer shifts than scales",
      [=](Draw& draw) {
        return channel_affine(draw.normal({1, 2, 3, 3}), scale, {0, 1});
      },
      "3 scales and 2 shifts");
});

}  // namespace tuna
