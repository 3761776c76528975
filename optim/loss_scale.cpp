#include "optim/loss_scale.h"

#include "engine/program/autograd.h"

namespace tuna {

LossScale::LossScale(Program& program, const std::string& name, LossScaleRule rule)
    : program_(program), name_(name + ".loss_scale"), rule_(rule) {
  if (program.activation() != DType::f16) return;
  const Type scalar{DType::f32, {1, 1, 1, 1}};
  scale_ = program.state(name_, scalar, Initial::constant(kFirst));
  steps_ = program.state(name_ + "_steps", scalar, Initial::constant(0));
}

Tensor LossScale::value() const { return scale_ ? program_.latest(scale_) : Tensor(); }

Tensors LossScale::gradients(Tensor loss, const Tensors& wrt) const {
  return scale_ ? tuna::gradients({loss}, {value()}, wrt) : tuna::gradients(loss, wrt);
}

void LossScale::update(Tensors steps_made) {
  if (!scale_) return;
  steps_made.insert(steps_made.begin(), {value(), program_.latest(steps_)});
  const Tensors updated = record(UpdateLossScale(rule_), steps_made);
  program_.store(scale_, updated[0]);
  program_.store(steps_, updated[1]);
  program_.output(name_, value());
}

}  // namespace tuna
