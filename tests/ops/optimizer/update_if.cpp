#include "kernels/optimizer/update_if.h"

#include "kernels/geometry/concatenate.h"
#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

Tensors update(Draw& draw, std::vector<int> flags, const std::vector<Shape>& shapes, bool in_place = false) {
  Tensors set, updated, old;
  for (const int flag : flags) set.push_back(draw.integers({1, 1, 1, 1}, {flag}));
  for (const Shape& shape : shapes) {
    updated.push_back(draw.constant_normal(shape));
    const Tensor before = draw.constant_normal(shape);
    old.push_back(in_place ? 2 * before : before);
  }
  return update_if(set, updated, old);
}

}  // namespace

static const OpTable rows("update_if", [](OpTable& table) {
  const std::vector<Shape> shapes = {{1, 1, 1, 5}, {1, 1, 1, 64}, {61, 3, 3, 67}};
  table.without_reduced_precision();
  for (const bool in_place : {false, true}) {
    const std::string where = in_place ? ", in place" : "";
    table.row("set" + where, [=](Draw& draw) { return update(draw, {1}, shapes, in_place); });
    table.row("not set" + where, [=](Draw& draw) { return update(draw, {0}, shapes, in_place); });
    table.row("all set" + where, [=](Draw& draw) { return update(draw, {1, 7, 1}, shapes, in_place); });
    table.row("the last not set" + where, [=](Draw& draw) { return update(draw, {1, 1, 0}, shapes, in_place); });
  }
  table.row("more tensors than one launch takes", [](Draw& draw) {
    return update(draw, {1, 1}, std::vector<Shape>(300, {1, 1, 1, 5}), true);
  });
  table.row("updated tensors that are not aligned to a vector", [](Draw& draw) {
    const Tensors parts = split(draw.constant_normal({2, 1, 3, 7}), {1, 1});
    return update_if({draw.integers({1, 1, 1, 1}, {1})}, {parts[1]}, {draw.constant_normal({1, 1, 3, 7})});
  });
  table.row("NaN is not taken over", [](Draw& draw) {
    const Tensor updated = draw.with(draw.constant_normal({1, 1, 1, 9}), {{3, kNaN}, {4, kInfinity}});
    return update_if({draw.integers({1, 1, 1, 1}, {0})}, {updated}, {draw.constant_normal({1, 1, 1, 9})});
  });
  table.bench("statistics of two ResNet-18", [](Draw& draw) {
    return update(draw, {1, 1}, std::vector<Shape>(80, {1, 1, 1, 256}));
  });
  table.refuses(
      "an update of another shape",
      [](Draw& draw) {
        return update_if({draw.integers({1, 1, 1, 1}, {1})}, {draw.normal({1, 1, 1, 4})}, {draw.normal({1, 1, 4, 1})});
      },
      "tensor 0 is f32 1x1x4x1, updated f32 1x1x1x4");
  table.refuses(
      "a flag that is not an integer",
      [](Draw& draw) {
        const Tensor x = draw.normal({1, 1, 1, 1});
        return update_if({x}, {x}, {x});
      },
      "flag 0 must be i32 1x1x1x1");
});

}  // namespace tuna
