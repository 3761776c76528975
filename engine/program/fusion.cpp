#include "engine/program/fusion.h"

#include <algorithm>
#include <optional>

namespace tuna {
namespace {

struct Rule {
  std::string name;
  std::vector<ChainPattern> patterns;
  std::function<AnyOp(const Chain&)> make;
};

// Sorted by name, so that their order does not depend on how the program was linked.
std::vector<Rule>& rules() {
  static std::vector<Rule> all;
  return all;
}

bool is_one_of(const Step& step, const ChainPattern::Link& link) {
  const Op& op = *step.op;
  return std::count(link.ops.begin(), link.ops.end(), std::type_index(typeid(op))) > 0;
}

struct Match {
  const Rule* rule;
  std::vector<size_t> steps;  // in the order of the program
  std::vector<uint32_t> shared;
};

class Matcher {
 public:
  Matcher(const std::vector<Step>& steps, const std::vector<char>& kept)
      : steps_(steps), kept_(kept), readers_(kept.size()), is_replaced_(steps.size()) {
    for (size_t k = 0; k < steps.size(); ++k)
      for (const uint32_t in : steps[k].in) readers_[in].push_back(k);
  }

  /// The longest chain that begins at step k, of steps that no earlier chain contains.
  std::optional<Match> longest(size_t k) const {
    std::optional<Match> best;
    for (const Rule& rule : rules())
      for (const ChainPattern& pattern : rule.patterns) {
        std::optional<Match> found = follow(rule, pattern, k);
        if (found && (!best || found->steps.size() > best->steps.size())) best = std::move(found);
      }
    return best;
  }

  /// Marks a chain's steps as replaced, and returns the fused step.
  Step replace(const Match& match) {
    Chain chain{{}, match.shared};
    for (const size_t k : match.steps) {
      chain.steps.push_back(&steps_[k]);
      is_replaced_[k] = 1;
    }
    Step step{match.rule->make(chain), inputs(match), outputs(match), chain.steps[0]->scope};
    step.fusion.rule = match.rule->name;
    for (const Step* each : chain.steps)
      step.fusion.ops += (step.fusion.ops.empty() ? "" : " + ") + std::string(each->op->name());
    return step;
  }

  /// The place of the fused step: that of the chain's last step which reads anything from outside the chain.
  size_t place(const Match& match) const {
    size_t place = match.steps[0];
    for (size_t i = 1; i < match.steps.size(); ++i)
      if (steps_[match.steps[i]].in.size() > 1) place = match.steps[i];
    return place;
  }

  bool is_replaced(size_t k) const { return is_replaced_[k]; }

 private:
  std::optional<Match> follow(const Rule& rule, const ChainPattern& pattern, size_t first) const {
    Match match{&rule, {first}, {}};
    if (is_replaced_[first] || !is_one_of(steps_[first], pattern.links()[0])) return std::nullopt;
    for (size_t i = 1; i < pattern.links().size(); ++i) {
      const uint32_t value = steps_[match.steps.back()].out[0];
      const bool is_shared = readers_[value].size() > 1 || kept_[value];
      if (is_shared && !pattern.links()[i].others_may_read) return std::nullopt;
      const std::optional<size_t> next = reader(value, pattern.links()[i]);
      if (!next) return std::nullopt;
      if (is_shared) match.shared.push_back(value);
      match.steps.push_back(*next);
    }
    return is_in_time(match) ? std::optional(match) : std::nullopt;
  }

  std::optional<size_t> reader(uint32_t value, const ChainPattern::Link& link) const {
    for (const size_t k : readers_[value]) {
      const Step& step = steps_[k];
      const bool reads_once = std::count(step.in.begin(), step.in.end(), value) == 1;
      if (!is_replaced_[k] && is_one_of(step, link) && step.out.size() == 1 && reads_once) return k;
    }
    return std::nullopt;
  }

  std::vector<uint32_t> inputs(const Match& match) const {
    std::vector<uint32_t> in = steps_[match.steps[0]].in;
    for (size_t i = 1; i < match.steps.size(); ++i)
      for (const uint32_t each : steps_[match.steps[i]].in)
        if (each != steps_[match.steps[i - 1]].out[0]) in.push_back(each);
    return in;
  }

  std::vector<uint32_t> outputs(const Match& match) const {
    const std::vector<uint32_t>& first = steps_[match.steps[0]].out;
    std::vector<uint32_t> out = {steps_[match.steps.back()].out[0]};
    out.insert(out.end(), first.begin() + 1, first.end());
    out.insert(out.end(), match.shared.begin(), match.shared.end());
    return out;
  }

  // Whether nothing reads an output before the place of the fused step, which may be later than the first one's.
  bool is_in_time(const Match& match) const {
    const size_t place = this->place(match);
    for (const uint32_t out : outputs(match))
      for (const size_t k : readers_[out])
        if (k <= place && !std::count(match.steps.begin(), match.steps.end(), k)) return false;
    return true;
  }

  const std::vector<Step>& steps_;
  const std::vector<char>& kept_;
  std::vector<std::vector<size_t>> readers_;  // by value, in the order of the program, once per reading input
  std::vector<char> is_replaced_;
};

// For `tuna graph`: marks a step that could have begun a chain.
void note_rule(Step& step) {
  for (const Rule& rule : rules())
    for (const ChainPattern& pattern : rule.patterns)
      if (step.fusion.rule.empty() && is_one_of(step, pattern.links()[0])) step.fusion.rule = rule.name;
}

}  // namespace

FusionRule::FusionRule(std::string name, std::vector<ChainPattern> patterns, std::function<AnyOp(const Chain&)> make) {
  const auto later = std::find_if(rules().begin(), rules().end(), [&](const Rule& rule) { return rule.name > name; });
  rules().insert(later, {std::move(name), std::move(patterns), std::move(make)});
}

std::vector<Step> fuse_steps(const std::vector<Step>& steps, const std::vector<char>& kept) {
  Matcher matcher(steps, kept);
  std::vector<std::optional<Step>> fused(steps.size());  // by place
  for (size_t k = 0; k < steps.size(); ++k)
    if (const std::optional<Match> match = matcher.longest(k)) fused[matcher.place(*match)] = matcher.replace(*match);

  std::vector<Step> rewritten;
  for (size_t k = 0; k < steps.size(); ++k) {
    if (!matcher.is_replaced(k)) {
      rewritten.push_back(steps[k]);
      note_rule(rewritten.back());
    }
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
