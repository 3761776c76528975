#include "training/evaluation/decision.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/file.h"
#include "engine/base/check.h"

namespace tuna {

double score(const Probabilities& probabilities, size_t sample, const Spec& spec) {
  return probabilities.of(sample,
                          std::find(spec.classes.begin(), spec.classes.end(), spec.positive) - spec.classes.begin());
}

std::string decide(const Probabilities& probabilities, size_t sample, const std::optional<double>& threshold,
                   const Spec& spec) {
  if (!threshold) return spec.classes[size_t(probabilities.winner(sample))];
  if (score(probabilities, sample, spec) >= *threshold) return spec.positive;
  size_t best = spec.classes.size();
  for (size_t label = 0; label < spec.classes.size(); ++label)
    if (spec.classes[label] != spec.positive
        && (best == spec.classes.size()
            || probabilities.of(sample, int64_t(label)) > probabilities.of(sample, int64_t(best))))
      best = label;
  return spec.classes[best];
}

double threshold_in(const std::filesystem::path& evaluation, const std::string& net) {
  constexpr uintmax_t kLargestFile = 16 << 20;
  const nlohmann::json json = nlohmann::json::parse(read_file(evaluation, kLargestFile), nullptr, false);
  try {
    for (const nlohmann::json& row : json.at("rows"))
      if (row.at("net") == net)
        for (const nlohmann::json& at : row.at("thresholds"))
          if (!at.at("uses_target_labels").get<bool>()) return at.at("threshold").get<double>();
  } catch (const nlohmann::json::exception&) {  // reported below
  }
  fail("{}: holds no threshold of {} that was chosen on source validation; expected an evaluation.json of `tuna train`",
       evaluation.string(), net);
}

}  // namespace tuna
