// Fusion replaces a chain of steps by one op that makes fewer passes over memory, so that the code of models can follow
// the paper.  It runs before gradients are recorded, since a fused op has its own, and again in compile(), where all
// readers are known.
#pragma once

#include <functional>
#include <string>
#include <typeindex>
#include <vector>

#include "engine/program/program.h"

namespace tuna {

/// A chain of steps to match: a step of one op, then one of these ops, and so on.  Each reads the first output of
/// the one before it, and those after the first have one output.
class ChainPattern {
 public:
  struct Link {
    std::vector<std::type_index> ops;
    bool others_may_read = false;  // may read the value between the step before and this one
  };

  /// Next comes one of these ops, the only reader of the value between the step before and itself.
  template <class... Ops>
  ChainPattern then() const {
    return with({{typeid(Ops)...}, false});
  }

  /// As then(), but other steps may read that value, too; it is then an output of the fused step.
  template <class... Ops>
  ChainPattern then_among_others() const {
    return with({{typeid(Ops)...}, true});
  }

  ChainPattern with(Link link) const {
    ChainPattern longer = *this;
    longer.links_.push_back(std::move(link));
    return longer;
  }

  const std::vector<Link>& links() const { return links_; }

 private:
  std::vector<Link> links_;
};

/// The pattern that begins with an op: chain_of<InstanceNorm>().then<Relu, LeakyRelu>().
template <class Op>
ChainPattern chain_of() {
  return ChainPattern().then<Op>();
}

/// Steps that match a pattern.
struct Chain {
  std::vector<const Step*> steps;
  std::vector<uint32_t> shared;  // values between them that other steps read, or that are kept

  /// The first op of this type among them, or null.
  template <class O>
  const O* find() const {
    for (const Step* step : steps)
      if (const auto* op = dynamic_cast<const O*>(step->op.get())) return op;
    return nullptr;
  }
};

/// A rule, registered at program start by the op that it introduces.  `make` gives the op for a chain that was found:
/// its inputs are the first step's, then those of later steps from outside the chain; its outputs are the last step's,
/// the first step's except the first, and the shared values.  Of all patterns of all rules that match from a step on,
/// the longest is taken; between equal ones, that of the rule whose name comes first.
struct FusionRule {
  FusionRule(std::string name, std::vector<ChainPattern> patterns, std::function<AnyOp(const Chain&)> make);
};

/// Applies all rules.  kept: by value, whether a step must still compute it.
std::vector<Step> fuse_steps(const std::vector<Step>& steps, const std::vector<char>& kept);

/// Applies all rules to a program, before gradients are recorded; does nothing to one made with Fusion::off.  `keep`
/// are values that steps must still compute, in addition to outputs and the last values of states.
void fuse(Program& program, const Tensors& keep = {});

}  // namespace tuna
