#include "kernels/pool/max_pool2d.h"

#include "tests/op_table/op_table.h"

namespace tuna {

// The positions of the maxima are compared, too: backends must agree on them.
static Tensor pooled(Draw& draw, Tensor x, int64_t kernel, int64_t stride, int64_t padding) {
  const Tensors out = record(MaxPool2d(kernel, stride, padding), {x});
  draw.also_compare(out[1]);
  return out[0];
}

static const OpTable rows("max_pool2d", [](OpTable& table) {
  table.row("as in ResNet", [](Draw& draw) { return pooled(draw, draw.normal({2, 7, 10, 5}), 3, 2, 1); });
  table.row("even kernel, padding at its limit", [](Draw& draw) {
    return pooled(draw, draw.normal({2, 5, 6, 3}), 4, 2, 2);
  });
  table.row("windows that overlap by all but one pixel", [](Draw& draw) {
    return pooled(draw, draw.normal({1, 6, 5, 9}), 3, 1, 1);
  });
  table.row("gaps between windows, pixels left over", [](Draw& draw) {
    return pooled(draw, draw.normal({2, 11, 9, 1}), 2, 3, 0);
  });
  table.row("one pixel", [](Draw& draw) { return pooled(draw, draw.normal({2, 1, 1, 7}), 3, 2, 1); });
  table.row("all pixels in one window", [](Draw& draw) { return pooled(draw, draw.normal({1, 5, 4, 3}), 5, 1, 2); });
  table.row("below zero, where padding must not win", [](Draw& draw) {
    return pooled(draw, draw.uniform({1, 5, 7, 4}, -9, -5), 3, 2, 1);
  });
  table.row("several chunks", [](Draw& draw) { return pooled(draw, draw.normal({2, 17, 19, 19}), 3, 2, 1); });
  table.row("rows of several blocks, whole vectors of channels", [](Draw& draw) {
    return pooled(draw, draw.normal({1, 2, 67, 40}), 3, 1, 1);
  });
  table.row("equal values: the first wins", [](Draw& draw) {
    return pooled(draw, draw.constant({1, 3, 4, 1}, {1, 1, 0, 2, 1, 1, 2, 2, 0, 2, 2, 1}), 2, 1, 1);
  });
  table
      .row("NaN wins",
           [](Draw& draw) {
             const Tensor x = draw.normal({2, 5, 6, 3});
             return pooled(
                 draw,
                 draw.with(x, {{0, kNaN}, {40, kNaN}, {43, kNaN}, {95, kInfinity}, {100, -kInfinity}, {179, kNaN}}), 3,
                 2, 1);
           })
      .no_differences();
  table
      .row("of several NaN the last wins, of equal infinities the first",
           [](Draw& draw) {
             return pooled(
                 draw, draw.constant({1, 2, 4, 1}, {kNaN, 9, -kInfinity, -kInfinity, 1, kNaN, -kInfinity, -kInfinity}),
                 2, 1, 0);
           })
      .no_differences();
  table
      .row("NaN wins, whole vectors of channels",
           [](Draw& draw) {
             const Tensor x = draw.normal({1, 5, 4, 8});
             return pooled(draw, draw.with(x, {{0, kNaN}, {41, kNaN}, {49, kNaN}, {83, kInfinity}, {159, kNaN}}), 3, 1,
                           1);
           })
      .no_differences();
  table.bench("classifier at 448 px", [](Draw& draw) { return max_pool2d(draw.normal({1, 224, 224, 64}), 3, 2, 1); });
  table.refuses(
      "more padding than half the kernel",
      [](Draw& draw) {
        return max_pool2d(draw.normal({1, 8, 8, 3}), 3, 2, 2);
      },
      "over half the kernel");
  table.refuses(
      "a kernel larger than the image",
      [](Draw& draw) {
        return max_pool2d(draw.normal({1, 8, 2, 3}), 5, 1, 1);
      },
      "larger than the padded");
  table.refuses(
      "a stride of zero",
      [](Draw& draw) {
        return max_pool2d(draw.normal({1, 8, 8, 3}), 3, 0, 1);
      },
      "stride 0");
});

}  // namespace tuna
