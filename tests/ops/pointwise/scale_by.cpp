#include "kernels/pointwise/scale_by.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("scale_by", [](OpTable& table) {
  const auto factor = [](Draw& draw) { return draw.constant_parameter({1, 1, 1, 1}, -0.3); };
  table.row("odd size", [=](Draw& draw) { return scale_by(draw.normal({2, 3, 5, 7}), factor(draw)); });
  table.row("in place", [=](Draw& draw) { return scale_by(2 * draw.normal({1, 3, 5, 7}), factor(draw)); });
  table.row("longer than a chunk", [=](Draw& draw) { return scale_by(draw.normal({1, 161, 131, 1}), factor(draw)); });
  table.row("parts of a batch, which begin anywhere", [=](Draw& draw) {
    const Tensor by = factor(draw);
    return in_parts({draw.normal({3, 1, 1, 5})}, [=](const Tensors& in) { return scale_by(in[0], by); });
  });
  table.bench("pooled features of 64 images", [=](Draw& draw) {
    return scale_by(draw.normal({64, 1, 1, 512}), factor(draw));
  });
  table.refuses(
      "a factor of another shape",
      [](Draw& draw) {
        return scale_by(draw.normal({1, 1, 1, 4}), draw.constant_parameter({1, 1, 1, 4}));
      },
      "scale_by: the factor must be f32 1x1x1x1, got f32 1x1x1x4");
});

}  // namespace tuna
