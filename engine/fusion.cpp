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

RecordedSteps::RecordedSteps(const std::vector<Step>& steps, const std::vector<char>& kept)
    : steps_(steps), kept_(kept), readers_(kept.size()) {
  for (size_t k = 0; k < size(); ++k)
    for (const uint32_t in : steps[k].in) readers_[in].push_back(k);
}

FusionRule::FusionRule(FindChain find) { rules().push_back(std::move(find)); }

std::vector<Step> fuse_steps(const std::vector<Step>& recorded, const std::vector<char>& kept) {
  const RecordedSteps steps(recorded, kept);
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
  return rewritten;
}

void fuse(Program& program, const Tensors& keep) {
  if (program.fusion() == Fusion::off) return;
  std::vector<char> kept(program.value_count());
  for (const auto& [name, id] : program.outputs()) kept[id] = 1;
  for (const StateValue& state : program.states()) kept[state.last] = 1;
  for (const Tensor& tensor : keep) kept[tensor.id] = 1;
  program.rewrite(fuse_steps(program.steps(), kept));
}

}  // namespace tuna
