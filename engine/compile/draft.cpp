#include "engine/compile/draft.h"

namespace tuna {

Types Draft::types(const std::vector<uint32_t>& values) const {
  Types found;
  for (const uint32_t value : values) found.push_back(type(value));
  return found;
}

std::vector<char> Draft::kept() const {
  std::vector<char> kept(program.value_count());
  for (const auto& [name, value] : outputs) kept[value] = 1;
  for (const StateValue& each : states) kept[each.last] = 1;
  return kept;
}

std::vector<int> Draft::state_chains() const {
  std::vector<int> chain(program.value_count(), -1);
  for (size_t s = 0; s < states.size(); ++s) chain[states[s].last] = int(s);
  for (size_t k = steps.size(); k-- > 0;)
    for (size_t o = 0; o < steps[k].out.size(); ++o) {
      const int input = steps[k].op->overwrites(int(o)), state = chain[steps[k].out[o]];
      if (state >= 0 && input >= 0) chain[steps[k].in[size_t(input)]] = state;
    }
  return chain;
}

bool Draft::updates_state(const Step& step, const std::vector<int>& chains) {
  for (size_t o = 0; o < step.out.size(); ++o)
    if (step.op->overwrites(int(o)) >= 0 && chains[step.out[o]] >= 0) return true;
  return false;
}

}  // namespace tuna
