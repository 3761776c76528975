#include "kernels/optimizer/loss_scale.h"

#include "kernels/pointwise/scale.h"
#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("update_loss_scale", [](OpTable& table) {
  table.without_reduced_precision();
  const auto update = [](double scale, double steps, std::vector<int32_t> made, bool in_place = false) {
    return [=](Draw& draw) {
      Tensors in{draw.constant({1, 1, 1, 1}, {scale}), draw.constant({1, 1, 1, 1}, {steps})};
      if (in_place) in = {2 * in[0], 2 * in[1]};
      for (const int32_t each : made) in.push_back(draw.integers({1, 1, 1, 1}, {each}));
      return record(UpdateLossScale({.smallest = 1, .largest = 64, .patience = 5}), in);
    };
  };
  table.row("one more step", update(16, 2, {1, 1}));
  table.row("one more step, in place", update(8, 1, {1, 1}, true));
  table.row("the last of its patience", update(16, 4, {1}));
  table.row("the last of its patience, at the largest", update(64, 4, {1}));
  table.row("an overflow", update(16, 4, {1, 0, 1}));
  table.row("an overflow at the smallest", update(1, 0, {0}));
  table.refuses("no optimizer", update(1, 0, {}), "at least one step made");
});

}  // namespace tuna
