// Dynamic loss scaling (Micikevicius et al., 2018): in f16, small gradients of activations would underflow to 0, so the
// loss is multiplied by a scale that is as large as possible without overflow, and the optimizer divides by it.  With
// activations of another type, all of this does nothing.
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

  /// The factor of the gradients, [1, 1, 1, 1]; empty if they are not scaled.
  Tensor value() const;

  /// As gradients() of autograd.h, but of the scaled loss.
  Tensors gradients(Tensor loss, const Tensors& wrt) const;

  /// Records the update of the scale, after the optimizers' steps, with what these returned.  The scale of the next run
  /// becomes the output `<name>.loss_scale`.
  void update(Tensors steps_made);

 private:
  Program& program_;
  std::string name_;
  LossScaleRule rule_;
  Tensor scale_, steps_;  // states; empty if the loss is not scaled
};

}  // namespace tuna
