#include "kernels/pointwise/cast.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("cast", [](OpTable& table) {
  const auto there = [](Shape shape) { return [=](Draw& draw) { return 3 * to_activation(draw.parameter(shape)); }; };
  const auto back = [](Shape shape) {
    return [=](Draw& draw) { return 3 * to_accumulation_type(draw.normal(shape)); };
  };
  table.row("there, odd sizes", there({2, 5, 7, 3}));
  table.row("there, past a block of vectors", there({1, 41, 57, 1}));
  table.row("back, odd sizes", back({2, 5, 7, 3}));
  table.row("back, past a block of vectors", back({1, 41, 57, 1}));
  table.row("there, parts of a batch, which begin anywhere", [](Draw& draw) {
    return in_parts({draw.parameter({3, 1, 1, 5})}, [](const Tensors& in) { return to_activation(in[0]); });
  });
  table.row("a part that begins between vectors", [](Draw& draw) {
    const Tensors parts = split(to_activation(draw.parameter({3, 1, 1, 5})), {1, 2});
    return Tensors{to_accumulation_type(parts[0]), to_accumulation_type(parts[1])};
  });
  table.bench("weights of a residual block", there({256, 3, 3, 256}));
  table.bench("features of the generator's last layer at 512 px", back({1, 512, 512, 64}));
});

}  // namespace tuna
