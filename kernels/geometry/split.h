// Consecutive parts of a batch.  They stay where they are in memory: no step runs.
#pragma once

#include "engine/program/op.h"

namespace tuna {

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
