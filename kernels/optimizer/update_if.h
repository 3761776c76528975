// Updates that are kept only if a training step was valid: running statistics, as one step for all of them.
#pragma once

#include "engine/program/op.h"

namespace tuna {

/// y = updated if every flag is set, else y = old.
/// in: flags, i32 [1, 1, 1, 1] each; then `tensors` updated ones; then as many old ones, like them.  out: each y.
struct UpdateIf final : Op {
  static constexpr size_t kMostFlags = 8;

  size_t flags, tensors;

  UpdateIf(size_t flags, size_t tensors) : flags(flags), tensors(tensors) {}
  std::string_view name() const override { return "update_if"; }
  bool operator==(const UpdateIf&) const = default;
  Types infer(const Types& in) const override;
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }

  size_t updated(size_t tensor) const { return flags + tensor; }
  size_t old(size_t tensor) const { return flags + tensors + tensor; }

  /// The old tensor, not the updated one: no memory of a state is written before the flags are known.
  int overwrites(int out) const override { return int(old(size_t(out))); }
};

inline Tensors update_if(const Tensors& flags, const Tensors& updated, const Tensors& old) {
  Tensors in = flags;
  in.insert(in.end(), updated.begin(), updated.end());
  in.insert(in.end(), old.begin(), old.end());
  return record(UpdateIf(flags.size(), updated.size()), in);
}

}  // namespace tuna
