#include "kernels/optimizer/adam.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

/// One update of parameters of these shapes at t = 3, in place if no other step reads its inputs.
Tensors update(Draw& draw, const std::vector<Shape>& shapes, bool in_place, int go = 1, bool scaled = false) {
  const double factor = in_place ? 2 : 1;
  const Tensor schedule = draw.constant({1, 1, 1, 3}, {0.01, 0.271, 0.002997001});
  const Tensor flag = draw.integers({1, 1, 1, 1}, {go});
  Tensors p, g, m, v;
  for (const Shape& shape : shapes) {
    p.push_back(factor * draw.constant_normal(shape));
    g.push_back(draw.constant_normal(shape));
    m.push_back(factor * draw.constant_normal(shape));
    v.push_back(factor * draw.constant_uniform(shape, 0, 1));
  }
  const Tensor scale = scaled ? draw.constant({1, 1, 1, 1}, {0.125}) : Tensor();
  const AdamUpdate update = adam(Adam(0.9, 0.999, 1e-8, shapes.size(), scaled), schedule, flag, scale, p, g, m, v);
  Tensors all = update.parameters;
  all.insert(all.end(), update.first_moments.begin(), update.first_moments.end());
  all.insert(all.end(), update.second_moments.begin(), update.second_moments.end());
  return all;
}

}  // namespace

static const OpTable rows("adam", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("one parameter", [](Draw& draw) { return update(draw, {{5, 3, 3, 7}}, false); });
  table.row("in place", [](Draw& draw) { return update(draw, {{5, 3, 3, 7}, {1, 1, 1, 5}}, true); });
  table.row("scaled gradients", [](Draw& draw) { return update(draw, {{5, 3, 3, 7}, {1, 1, 1, 5}}, true, 1, true); });
  table.row("tiny and longer than a chunk, together", [](Draw& draw) {
    return update(draw, {{1, 1, 1, 3}, {61, 3, 3, 67}, {1, 1, 1, 1}, {1, 1, 1, 9}}, false);
  });
  table.row("more tensors than one launch takes", [](Draw& draw) {
    return update(draw, std::vector<Shape>(171, {1, 1, 1, 5}), false);
  });
  table.row("a parameter and a gradient that are not aligned", [](Draw& draw) {
    const Shape shape{1, 1, 3, 7};
    const auto second_part = [&] { return split(draw.constant_normal({2, 1, 3, 7}), {1, 1})[1]; };
    const Tensor p = second_part(), gradient = second_part(), v = draw.constant_uniform(shape, 0, 1);
    return adam(Adam(0.9, 0.999, 1e-8, 1), draw.constant({1, 1, 1, 3}, {0.01, 0.271, 0.002997001}),
                draw.integers({1, 1, 1, 1}, {1}), {}, {p}, {gradient}, {draw.constant_normal(shape)}, {v})
        .parameters;
  });
  table.row("flag not set", [](Draw& draw) { return update(draw, {{5, 3, 3, 7}, {1, 1, 1, 5}}, false, 0); });
  table.row("flag not set, in place", [](Draw& draw) { return update(draw, {{5, 3, 3, 7}}, true, 0); });
  table.row("flag not set, because a gradient is NaN", [](Draw& draw) {
    const Shape shape{1, 1, 3, 7};
    const Tensor gradient = draw.with(draw.constant_normal(shape), {{5, kNaN}, {6, kInfinity}});
    const AdamUpdate update = adam(Adam(0.9, 0.999, 1e-8, 1), draw.constant({1, 1, 1, 3}, {0.01, 0.271, 0.002997001}),
                                   draw.integers({1, 1, 1, 1}, {0}), {}, {draw.constant_normal(shape)}, {gradient},
                                   {draw.constant_normal(shape)}, {draw.constant_uniform(shape, 0, 1)});
    return Tensors{update.parameters[0], update.first_moments[0], update.second_moments[0]};
  });
  table.bench("18 convolutions of 256 channels", [](Draw& draw) {
    return update(draw, std::vector<Shape>(18, {256, 3, 3, 256}), false);
  });
  table.bench("300 biases", [](Draw& draw) { return update(draw, std::vector<Shape>(300, {1, 1, 1, 64}), false); });
  table.refuses(
      "a gradient of another shape",
      [](Draw& draw) {
        const Tensor x = draw.normal({1, 1, 1, 4}), gradient = draw.normal({1, 1, 4, 1});
        return adam(Adam(0.9, 0.999, 1e-8, 1), draw.normal({1, 1, 1, 3}), draw.integers({1, 1, 1, 1}, {1}), {}, {x},
                    {gradient}, {x}, {x})
            .parameters;
      },
      "its gradient is f32 1x1x4x1");
});

}  // namespace tuna
