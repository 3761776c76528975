#include "engine/compile/passes.h"
#include "engine/compile/replace_steps.h"

namespace tuna {
namespace {

// Whether an equal step may replace this one, or this one a later one.  Two kinds of step are excluded: those that
// compute the next version of a state in place, since the previous version is then gone, and a reader of the other
// step's value may still need it; and those that recompute a value for a gradient, since sharing the first value would
// keep it in memory from the forward pass on, which recomputing avoids.
bool may_be_shared(const Step& step, const std::vector<int>& state_chains) {
  return !Draft::updates_state(step, state_chains) && !step.recomputes;
}

}  // namespace

// Equal ops of equal inputs have equal outputs: an op is a function of its inputs and attributes (random numbers are a
// function of a counter, which is an input), a value is computed once and stands for one version of a state, and both
// steps would run the same kernel on the same types.  Whether an op overwrites its input is decided later, by the steps
// that then read it.  The pass runs after gradients were recorded: a forward step that was recorded twice, each time
// with its own gradient, is computed once, and both backward steps read its one value; merged before, they would be
// one step with a different sum.  It also runs after fusion, so that the remaining steps are those that would have run
// without it.
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
