// The scale of a loss whose gradients are f16: as large as possible without overflow (Micikevicius et al., 2018).
#pragma once

#include "engine/program/op.h"

namespace tuna {

struct LossScaleRule {
  double smallest = 1, largest = 16777216;  // powers of two, as is the scale, so scaling does not round
  double patience = 2000;                   // steps without overflow after which it is doubled

  bool operator==(const LossScaleRule&) const = default;
};

/// scale = scale / 2 if one of the steps was not made, scale * 2 after `patience` in a row that were.
/// in: the scale and the steps since it was changed, [1, 1, 1, 1] each; then for each optimizer i32 [1, 1, 1, 1], 0 if
/// it made no step.  out: scale, steps.
struct UpdateLossScale final : Op, LossScaleRule {
  explicit UpdateLossScale(LossScaleRule rule) : LossScaleRule(rule) {}
  std::string_view name() const override { return "update_loss_scale"; }
  bool operator==(const UpdateLossScale&) const = default;
  Types infer(const Types& in) const override;
  // The count of steps, its comparison, the scale.
  double flops(const Types&, const Types&) const override { return 3; }
  int overwrites(int out) const override { return out; }
};

}  // namespace tuna
