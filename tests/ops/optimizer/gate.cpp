#include "kernels/optimizer/gate.h"

#include "tests/op_table/op_table.h"

namespace tuna {

static const OpTable rows("gate", [](OpTable& table) {
  table.without_reduced_precision();
  const auto at = [](int32_t go, double x) {
    return [=](Draw& draw) {
      const Tensor flag = draw.integers({1, 1, 1, 1}, {go});
      return gate(flag, draw.with(draw.constant({1, 1, 1, 1}, {0}), {{0, x}}), 0.5);
    };
  };
  table.row("above the threshold", at(1, 0.75));
  table.row("above the threshold, not finite", at(0, 0.75));
  table.row("at the threshold", at(1, 0.5));
  table.row("below the threshold", at(1, 0.25));
  table.row("NaN", at(1, kNaN));
  table.refuses(
      "a flag that is not an integer",
      [](Draw& draw) {
        const Tensor x = draw.constant({1, 1, 1, 1}, {1});
        return gate(x, x, 0.5);
      },
      "gate: go must be i32 1x1x1x1, got f32 1x1x1x1");
});

}  // namespace tuna
