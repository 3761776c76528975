#include "engine/compile/passes.h"
#include "engine/compile/replace_steps.h"

namespace tuna {
namespace {

// Whether an equal step may stand in for this one, or this one for a later one.  Two kinds of step are excluded:
// what makes the next version of a state where the state lies, since the version before is gone from there on, and a
// reader of the other step's value may still want it; and what is recomputed for a gradient, since taking the first
// value would keep it in memory from the forward pass on, which recomputing is there to avoid.
bool may_be_shared(const Step& step, const std::vector<int>& state_chains) {
  for (size_t o = 0; o < step.out.size(); ++o)
    if (step.op->overwrites(int(o)) >= 0 && state_chains[step.out[o]] >= 0) return false;
  return !step.recomputes;
}

}  // namespace

// Equal ops of equal inputs have equal outputs: an op is a function of its inputs and attributes (random numbers are
// one of a counter, which is an input), a value is made once and has one version of a state behind it, and both steps
// would run the same kernel on the same types.  Where an op may overwrite its input, that is decided later, by the
// steps that read it then.  The pass runs after gradients were recorded: a forward step against which two gradients
// were recorded is computed once, and both backward steps read its one value; had it been one step before, they would
// have been another sum.  It also runs after fusion, so that the steps that stay are those that would have run without
// it.
void remove_common_subexpressions(Draft& draft) {
  const std::vector<int> state_chains = draft.state_chains();
  std::map<std::vector<uint32_t>, std::vector<Step>> earlier;  // by their inputs
  replace_steps(draft, [&](const Step& step) -> std::optional<std::vector<uint32_t>> {
    if (!may_be_shared(step, state_chains)) return std::nullopt;
    std::vector<Step>& candidates = earlier[step.in];
    for (const Step& each : candidates)
      if (each.op == step.op) return each.out;
    candidates.push_back(step);
    return std::nullopt;
  });
}

}  // namespace tuna
