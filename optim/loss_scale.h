// Dynamic loss scaling (Micikevicius et al., 2018): where activations are f16, small gradients would be 0, so the loss
// is multiplied by a scale that is as large as they bear, and the optimizer divides by it.  Where they are not, all of
// this does nothing.
#pragma once

#include <string>

#include "engine/program/program.h"
#include "kernels/optimizer/loss_scale.h"

namespace tuna {

class LossScale {
 public:
  static constexpr double kFirst = 65536;

  /// Whether an output of a program is the scale of a loss.
  static bool is_output(std::string_view name) { return name.ends_with(".loss_scale"); }

  /// Declares the states `<name>.loss_scale` and `<name>.loss_scale_steps` if the program's activations are f16.
  LossScale(Program& program, const std::string& name, LossScaleRule rule = {});

  /// What gradients are multiplied by, [1, 1, 1, 1]; empty where they are as they should be.
  Tensor value() const;

  /// The gradients of the scaled loss, as autograd.h's of the loss itself.
  Tensors gradients(Tensor loss, const Tensors& wrt) const;

  /// Recorded after the optimizers' steps, with what these returned.  The scale of the next run becomes the output
  /// `<name>.loss_scale`.
  void update(Tensors steps_made);

 private:
  Program& program_;
  std::string name_;
  LossScaleRule rule_;
  Tensor scale_, steps_;  // states; empty where there is none
};

}  // namespace tuna
