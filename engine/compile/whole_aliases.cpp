#include "engine/compile/passes.h"
#include "engine/compile/replace_steps.h"

namespace tuna {

void remove_whole_aliases(Draft& draft) {
  replace_steps(draft, [&](const Step& step) -> std::optional<std::vector<uint32_t>> {
    std::vector<uint32_t> originals;
    for (size_t o = 0; o < step.out.size(); ++o) {
      const auto alias = step.op->alias(int(o), draft.types(step.in));
      if (!alias) return std::nullopt;
      const uint32_t original = step.in[size_t(alias->input)];
      if (alias->byte_offset != 0 || draft.type(original) != draft.type(step.out[o])) return std::nullopt;
      originals.push_back(original);
    }
    return originals;
  });
}

}  // namespace tuna
