#include "kernels/optimizer/finite.h"

#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

/// A tensor of this shape whose element `at` is the stray one.
Tensor with_stray(Draw& draw, Shape shape, int64_t at, double stray) {
  std::vector<double> values(size_t(shape.count()), 0.5);
  values[size_t(at)] = stray;
  return draw.constant(shape, values);
}

}  // namespace

static const OpTable rows("finite", [](OpTable& table) {
  table.without_reduced_precision();
  table.row("all are", [](Draw& draw) {
    return finite({draw.constant_normal({1, 5, 7, 3}), draw.constant_normal({61, 3, 3, 67})});
  });
  table.row("the largest number is", [](Draw& draw) {
    return finite({with_stray(draw, {1, 3, 3, 5}, 7, double(std::numeric_limits<float>::max()))});
  });
  table.row("infinity in the middle", [](Draw& draw) {
    return finite({draw.constant_normal({1, 5, 7, 3}), with_stray(draw, {61, 3, 3, 67}, 20001, -kInfinity)});
  });
  table.row("NaN at the end", [](Draw& draw) {
    return finite({draw.constant_normal({61, 3, 3, 67}), with_stray(draw, {1, 1, 1, 9}, 8, kNaN)});
  });
  table.row("NaN in the last tensor, of more than one launch takes", [](Draw& draw) {
    Tensors tensors;
    for (int i = 0; i < 340; ++i) tensors.push_back(draw.constant_normal({1, 1, 1, 5}));
    tensors.push_back(with_stray(draw, {1, 1, 1, 5}, 2, kNaN));
    return finite(tensors);
  });
  table.bench("18 convolutions of 256 channels", [](Draw& draw) {
    Tensors tensors;
    for (int i = 0; i < 18; ++i) tensors.push_back(draw.constant_normal({256, 3, 3, 256}));
    return finite(tensors);
  });
});

}  // namespace tuna
