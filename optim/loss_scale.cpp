#include "optim/loss_scale.h"

#include "engine/autograd.h"
#include "kernels/geometry/split.h"

namespace tuna {

LossScale::LossScale(Program& program, const std::string& name, LossScaleRule rule)
    : program_(program), name_(name + ".loss_scale"), rule_(rule) {
  if (program.activation() != DType::f16) return;
  state_ = program.state(name_, Type{DType::f32, {2, 1, 1, 1}}, Initial::constant(kFirst));
}

Tensor LossScale::value() const { return state_ ? split(program_.latest(state_), {1, 1})[0] : Tensor(); }

Tensors LossScale::gradients(Tensor loss, const Tensors& wrt) const {
  return state_ ? tuna::gradients({loss}, {value()}, wrt) : tuna::gradients(loss, wrt);
}

void LossScale::update(Tensors steps_made) {
  if (!state_) return;
  steps_made.insert(steps_made.begin(), program_.latest(state_));
  program_.store(state_, record(UpdateLossScale(rule_), steps_made)[0]);
  program_.output(name_, value());
}

}  // namespace tuna
