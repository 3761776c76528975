#include "engine/fusion.h"

#include <algorithm>

namespace tuna {
namespace {

std::vector<FindChain>& rules() {
  static std::vector<FindChain> all;
  return all;
}

std::optional<Fused> find_chain(const RecordedSteps& steps, size_t k) {
  for (const FindChain& find : rules())
    if (auto found = find(steps, k)) return found;
  return std::nullopt;
}

// Where all that the fused step reads is there, and nothing that it makes is late.
size_t place_of(const Fused& fused, const RecordedSteps& steps) {
  size_t place = fused.replaced.front();
  for (const size_t k : fused.replaced)
    for (const uint32_t in : steps[k].in)
      if (std::count(fused.in.begin(), fused.in.end(), in)) place = std::max(place, k);
  return place;
}

}  // namespace

RecordedSteps::RecordedSteps(const Program& program, const Tensors& kept)
    : program_(program), readers_(program.value_count()), kept_(program.value_count()) {
  for (size_t k = 0; k < size(); ++k)
    for (const uint32_t in : program.steps()[k].in) readers_[in].push_back(k);
  for (const auto& [name, id] : program.outputs()) kept_[id] = 1;
  for (const StateValue& state : program.states()) kept_[state.last] = 1;
  for (const Tensor& tensor : kept) kept_[tensor.id] = 1;
}

FusionRule::FusionRule(FindChain find) { rules().push_back(std::move(find)); }

void fuse(Program& program, const Tensors& keep) {
  if (program.fusion() == Fusion::off) return;
  const RecordedSteps steps(program, keep);
  std::vector<char> replaced(steps.size());
  std::vector<std::optional<Step>> fused(steps.size());
  for (size_t k = 0; k < steps.size(); ++k) {
    const auto found = find_chain(steps, k);
    if (!found) continue;
    const auto taken = [&](size_t step) { return replaced[step] != 0; };
    if (std::any_of(found->replaced.begin(), found->replaced.end(), taken)) continue;
    for (const size_t step : found->replaced) replaced[step] = 1;
    fused[place_of(*found, steps)] = Step{found->op, found->in, found->out, steps[k].scope};
  }

  std::vector<Step> rewritten;
  for (size_t k = 0; k < steps.size(); ++k) {
    if (!replaced[k]) rewritten.push_back(steps[k]);
    if (fused[k]) rewritten.push_back(std::move(*fused[k]));
  }
  program.rewrite(std::move(rewritten));
}

}  // namespace tuna
