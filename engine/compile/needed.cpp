#include <algorithm>

#include "engine/compile/passes.h"

namespace tuna {

void keep_needed(Draft& draft) {
  std::vector<char> needed = draft.kept();
  std::vector<Step> steps;
  for (size_t k = draft.steps.size(); k-- > 0;) {
    Step& step = draft.steps[k];
    if (std::none_of(step.out.begin(), step.out.end(), [&](uint32_t out) { return needed[out]; })) continue;
    for (const uint32_t in : step.in) needed[in] = 1;
    steps.push_back(std::move(step));
  }
  std::reverse(steps.begin(), steps.end());
  draft.steps = std::move(steps);
}

}  // namespace tuna
