// Shared by the passes that replace a step by existing values.
#pragma once

#include <numeric>
#include <optional>

#include "engine/compile/draft.h"

namespace tuna {

/// Visits the steps in their order.  If find(step) returns values, one per output of the step, these replace the
/// outputs from there on, and the step is removed.  find() gets the step with its inputs replaced already.
template <class Find>
void replace_steps(Draft& draft, Find find) {
  std::vector<uint32_t> stands_for(draft.program.value_count());
  std::iota(stands_for.begin(), stands_for.end(), 0u);
  std::vector<Step> steps;
  for (Step& step : draft.steps) {
    for (uint32_t& in : step.in) in = stands_for[in];
    const std::optional<std::vector<uint32_t>> found = find(step);
    if (!found) {
      steps.push_back(std::move(step));
      continue;
    }
    for (size_t o = 0; o < step.out.size(); ++o) stands_for[step.out[o]] = (*found)[o];
  }
  draft.steps = std::move(steps);
  for (auto& [name, value] : draft.outputs) value = stands_for[value];
  for (StateValue& state : draft.states) state.last = stands_for[state.last];
}

}  // namespace tuna
