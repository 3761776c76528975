// Concatenation along the batch, and its gradient, the split.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/program/op.h"

namespace tuna {

/// Samples of several tensors, one behind the other in the batch.
/// in: one or more tensors of one element type [N_i, H, W, C].  out: y [sum of N_i, H, W, C].
struct Concatenate final : Op {
  std::string_view name() const override { return "concatenate"; }
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
};

inline Tensor concatenate(const Tensors& parts) {
  return parts.size() == 1 ? parts[0] : record(Concatenate(), parts)[0];
}

/// Consecutive parts of a batch, as views of its memory: no step runs.
/// in: x [N, H, W, C].  out: for each size, which add up to N, the next samples [size, H, W, C].
struct Split final : Op {
  std::vector<int64_t> sizes;

  explicit Split(std::vector<int64_t> sizes) : sizes(std::move(sizes)) {}
  std::string_view name() const override { return "split"; }
  bool operator==(const Split&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const override;
  std::optional<Alias> alias(int out, const Types& in) const override;
};

inline Tensors split(Tensor x, std::vector<int64_t> sizes) {
  return sizes == std::vector<int64_t>{x.shape().n} ? Tensors{x} : record(Split(std::move(sizes)), {x});
}

}  // namespace tuna
