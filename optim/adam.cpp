#include "optim/adam.h"

#include "kernels/optimizer/adam.h"
#include "kernels/optimizer/finite.h"
#include "kernels/optimizer/gate.h"

namespace tuna {

AdamOptimizer::AdamOptimizer(Program& program, std::string name, Tensors parameters, AdamOptions options)
    : program_(program),
      name_(std::move(name)),
      parameters_(std::move(parameters)),
      options_(options),
      schedule_(program.input(name_ + ".schedule", {1, 1, 1, 3})) {}

Tensors AdamOptimizer::latest_parameters() const {
  Tensors newest;
  for (const Tensor& parameter : parameters_) newest.push_back(program_.latest(parameter));
  return newest;
}

void AdamOptimizer::update_only_if_greater(Tensor value, double threshold) {
  gate_value_ = value;
  gate_threshold_ = threshold;
}

Tensor AdamOptimizer::step(const Tensors& gradients, Tensor loss, Tensor scale) {
  check(gradients.size() == parameters_.size(), "{}: {} gradients for {} parameters", name_, gradients.size(),
        parameters_.size());
  const Scope scope(program_, name_);
  Tensors parameters, first_moments, second_moments;  // states
  Tensors now, reached, first_now, second_now;        // their values before the update
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!gradients[i]) continue;
    const Value& value = program_.value(parameters_[i].id);
    parameters.push_back(parameters_[i]);
    first_moments.push_back(program_.state("exp_avg." + value.name, value.type, Initial::constant(0)));
    second_moments.push_back(program_.state("exp_avg_sq." + value.name, value.type, Initial::constant(0)));
    now.push_back(program_.latest(parameters.back()));
    reached.push_back(gradients[i]);
    first_now.push_back(program_.latest(first_moments.back()));
    second_now.push_back(program_.latest(second_moments.back()));
  }
  check(!parameters.empty(), "{}: no gradient reaches any of its {} parameters", name_, parameters_.size());

  Tensors guarded = reached;
  if (loss) guarded.push_back(loss);
  const Tensor is_finite = finite(guarded);
  program_.output(name_ + ".finite", is_finite);
  const Tensor go = gate_value_ ? gate(is_finite, gate_value_, gate_threshold_) : is_finite;
  if (gate_value_) program_.output(name_ + ".updated", go);

  const Adam op(options_.beta1, options_.beta2, options_.eps, parameters.size(), bool(scale));
  const AdamUpdate update = adam(op, schedule_, go, scale, now, reached, first_now, second_now);
  for (size_t i = 0; i < parameters.size(); ++i) {
    program_.store(parameters[i], update.parameters[i]);
    program_.store(first_moments[i], update.first_moments[i]);
    program_.store(second_moments[i], update.second_moments[i]);
  }
  return is_finite;
}

}  // namespace tuna
