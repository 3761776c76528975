// Adam (Kingma and Ba, 2015) in PyTorch's arrangement, as one step for all parameters of an optimizer.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// m = m + (1 - beta1) * (g - m), v = beta2 * v + (1 - beta2) * g^2,
/// p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps).
/// in: schedule [1, 1, 1, 3] of lr, 1 - beta1^t, 1 - beta2^t; go i32 [1, 1, 1, 1], 0 to leave everything as it is; if
/// scaled, the scale of each g, [1, 1, 1, 1]; then all p, all g, all m, all v.  out: all p, all m, all v.
struct Adam final : Op {
  struct In {
    enum { schedule, go, scale };
  };
  enum Kind { parameter, gradient, first_moment, second_moment };
  static constexpr Kind kUpdated[] = {parameter, first_moment, second_moment};  // in the order of the outputs

  double beta1, beta2, eps;
  size_t parameters;  // how many p there are
  bool scaled;

  Adam(double beta1, double beta2, double eps, size_t parameters, bool scaled = false)
      : beta1(beta1), beta2(beta2), eps(eps), parameters(parameters), scaled(scaled) {}
  std::string_view name() const override { return "adam"; }
  bool operator==(const Adam&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types& in, const Types& out) const override;
  int overwrites(int out) const override {
    return int(input(kUpdated[size_t(out) / parameters], size_t(out) % parameters));
  }

  /// The index of the i-th tensor of a kind among the inputs.
  size_t input(Kind kind, size_t i) const { return In::scale + (scaled ? 1 : 0) + kind * parameters + i; }
};

/// The results of one update, each in the order of the parameters.
struct AdamUpdate {
  Tensors parameters, first_moments, second_moments;
};

/// scale: empty unless the op is scaled.
AdamUpdate adam(const Adam& op, Tensor schedule, Tensor go, Tensor scale, const Tensors& parameters,
                const Tensors& gradients, const Tensors& first_moments, const Tensors& second_moments);

}  // namespace tuna
