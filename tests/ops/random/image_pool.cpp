#include "kernels/random/image_pool.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

Tensor flag(Draw& draw, int value) { return draw.integers({1, 1, 1, 1}, {value}); }

}  // namespace

static const OpTable rows("image_pool", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("every mode, a slot twice", [](Draw& draw) {
    const Pooled pooled = image_pool(draw.constant_normal({4, 5, 7, 3}), draw.constant_normal({3, 5, 7, 3}),
                                     draw.integers({4, 1, 1, 2}, {0, 0, 2, 1, 2, 2, 2, 2}), flag(draw, 1));
    return Tensors{pooled.images, pooled.pool};
  });
  table.row("images longer than a block", [](Draw& draw) {
    const Pooled pooled = image_pool(draw.constant_normal({3, 17, 20, 4}), draw.constant_normal({2, 17, 20, 4}),
                                     draw.integers({3, 1, 1, 2}, {1, 2, 0, 1, 1, 2}), flag(draw, 1));
    return Tensors{pooled.images, pooled.pool};
  });
  table.row("in place", [](Draw& draw) {
    const Tensor pool = 2 * draw.constant_normal({2, 3, 2, 1});
    const Pooled pooled =
        image_pool(draw.constant_normal({2, 3, 2, 1}), pool, draw.integers({2, 1, 1, 2}, {1, 2, 1, 2}), flag(draw, 1));
    return Tensors{pooled.images, pooled.pool};
  });
  for (const bool in_place : {false, true})
    table.row(in_place ? "not to store, in place" : "not to store", [=](Draw& draw) {
      const Tensor pool = draw.constant_normal({3, 5, 7, 3});
      const Pooled pooled = image_pool(draw.constant_normal({4, 5, 7, 3}), in_place ? 2 * pool : pool,
                                       draw.integers({4, 1, 1, 2}, {0, 0, 2, 1, 2, 2, 2, 2}), flag(draw, 0));
      return Tensors{pooled.images, pooled.pool};
    });
  table.row("NaN is not stored", [](Draw& draw) {
    const Tensor images = draw.with(draw.constant_normal({2, 3, 2, 1}), {{0, kNaN}});
    const Pooled pooled = image_pool(images, draw.constant_normal({2, 3, 2, 1}),
                                     draw.integers({2, 1, 1, 2}, {0, 1, 1, 2}), flag(draw, 0));
    return Tensors{pooled.images, pooled.pool};
  });
  table.refuses(
      "images of another size",
      [](Draw& draw) {
        return image_pool(draw.constant_normal({1, 5, 7, 3}), draw.constant_normal({3, 7, 5, 3}),
                          draw.integers({1, 1, 1, 2}, {0, 0}), flag(draw, 1))
            .images;
      },
      "do not fit");
  table.refuses(
      "decisions of another batch",
      [](Draw& draw) {
        return image_pool(draw.constant_normal({2, 5, 7, 3}), draw.constant_normal({3, 5, 7, 3}),
                          draw.integers({1, 1, 1, 2}, {0, 0}), flag(draw, 1))
            .images;
      },
      "decisions must be i32 2x1x1x2");
});

}  // namespace tuna
