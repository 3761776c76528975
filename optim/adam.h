// Adam over some of a program's parameters.  The moments are in State, too, so that a checkpoint has them; what changes
// from step to step is the program's input `<name>.schedule`, so that a recorded step can be replayed.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include "engine/program/program.h"

namespace tuna {

/// Defaults of PyTorch; CycleGAN trains with beta1 = 0.5.
struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  bool operator==(const AdamOptions&) const = default;
};

/// The value of `<name>.schedule` for update t = 1, 2, ...: lr, 1 - beta1^t, 1 - beta2^t.
template <class Real = float>
std::array<Real, 3> adam_schedule(double lr, int64_t t, const AdamOptions& options = {}) {
  return {Real(lr), Real(-std::expm1(double(t) * std::log(options.beta1))),
          Real(-std::expm1(double(t) * std::log(options.beta2)))};
}

class AdamOptimizer {
 public:
  /// `parameters`: handles of Program::state().  Declares the program input `<name>.schedule` [1, 1, 1, 3].
  AdamOptimizer(Program& program, std::string name, Tensors parameters, AdamOptions options = {});

  const Tensors& parameters() const { return parameters_; }

  /// Their newest values: what gradients for step() are taken with respect to.
  Tensors latest_parameters() const;

  /// Makes updates only in steps in which value > threshold; others change nothing.  value: [1, 1, 1, 1].  Is called
  /// before step(), which then declares the output `<name>.updated`: i32, 1 if the update was made.
  void update_only_if_greater(Tensor value, double threshold);

  /// Records one update.  `gradients`: one per parameter, taken with respect to latest_parameters(), or empty to
  /// leave that parameter out.  If the loss or any gradient is not finite, the update changes nothing.  Moments are
  /// the states `<name>.exp_avg.<parameter>` and `<name>.exp_avg_sq.<parameter>`.  `scale`: the factor of the
  /// gradients, empty if it is 1.
  /// Returns the output `<name>.finite`: i32, 1 if the loss and all gradients are finite.
  Tensor step(const Tensors& gradients, Tensor loss = {}, Tensor scale = {});

 private:
  Program& program_;
  std::string name_;
  Tensors parameters_;
  AdamOptions options_;
  Tensor schedule_;
  Tensor gate_value_;  // empty: updates have no gate
  double gate_threshold_ = 0;
};

}  // namespace tuna
