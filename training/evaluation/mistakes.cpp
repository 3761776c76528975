#include "training/evaluation/mistakes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/normal_path.h"
#include "engine/base/utf8.h"
#include "training/evaluation/decision.h"

namespace tuna {
namespace {

// The first few in the order of `is_worse`.
template <class IsWorse>
void keep_worst(std::vector<Mistake>& mistakes, IsWorse is_worse) {
  std::stable_sort(mistakes.begin(), mistakes.end(), is_worse);
  if (mistakes.size() > kMostMistakes) mistakes.erase(mistakes.begin() + kMostMistakes, mistakes.end());
}

nlohmann::json to_json(const std::vector<Mistake>& mistakes, const std::filesystem::path& root) {
  nlohmann::json list = nlohmann::json::array();
  for (const Mistake& mistake : mistakes)
    list.push_back({{"path", escape_bytes(relative_if_below(mistake.sample.path, root).string())},
                    {"label", mistake.sample.label},
                    {"predicted", mistake.predicted},
                    {"score", mistake.score}});
  return list;
}

}  // namespace

Mistakes worst_mistakes(const Probabilities& probabilities, const std::vector<Sample>& samples, double threshold,
                        const Spec& spec) {
  Mistakes mistakes;
  for (size_t i = 0; i < samples.size(); ++i) {
    const bool is_positive = samples[i].label == spec.positive;
    const std::string predicted = decide(probabilities, i, threshold, spec);
    if (is_positive == (predicted == spec.positive)) continue;
    (is_positive ? mistakes.false_negatives : mistakes.false_positives)
        .push_back({samples[i], predicted, score(probabilities, i, spec)});
  }
  keep_worst(mistakes.false_negatives, [](const Mistake& a, const Mistake& b) { return a.score < b.score; });
  keep_worst(mistakes.false_positives, [](const Mistake& a, const Mistake& b) { return a.score > b.score; });
  return mistakes;
}

nlohmann::json to_json(const Mistakes& mistakes, const std::filesystem::path& root) {
  return {{"false_negatives", to_json(mistakes.false_negatives, root)},
          {"false_positives", to_json(mistakes.false_positives, root)}};
}

}  // namespace tuna
