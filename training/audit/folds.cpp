#include "training/audit/folds.h"

#include <algorithm>
#include <map>

#include "engine/base/random.h"
#include "training/evaluation/metrics.h"

namespace tuna {

std::vector<size_t> folds_by_patient(const TwoGroups& groups, uint64_t seed) {
  std::map<std::string, int> kinds;  // of each patient: 1 if it has negative images, + 2 if it has positive ones
  for (size_t i = 0; i < groups.positive.size(); ++i) kinds[groups.patients[i]] |= groups.positive[i] ? 2 : 1;
  std::map<std::string, size_t> fold_of;
  size_t dealt = 0;
  for (const int kind : {1, 2, 3}) {
    std::vector<std::string> patients;
    for (const auto& [patient, its_kind] : kinds)
      if (its_kind == kind) patients.push_back(patient);
    Random(seed, "audit folds", uint32_t(kind)).shuffle(patients);
    for (const std::string& patient : patients) fold_of[patient] = dealt++ % kFolds;
  }
  std::vector<size_t> folds;
  for (const std::string& patient : groups.patients) folds.push_back(fold_of.at(patient));
  return folds;
}

std::optional<double> mean_auc_of_folds(const std::vector<double>& scores, const std::vector<bool>& positive,
                                        const std::vector<size_t>& folds) {
  double sum = 0, weights = 0;
  for (size_t fold = 0; fold < kFolds; ++fold) {
    Predictions predictions;
    for (size_t i = 0; i < scores.size(); ++i)
      if (folds[i] == fold) {
        predictions.scores.push_back(scores[i]);
        predictions.positive.push_back(positive[i]);
      }
    const auto positives = std::count(predictions.positive.begin(), predictions.positive.end(), true);
    const double weight = double(positives) * (double(predictions.scores.size()) - double(positives));
    if (weight == 0) continue;
    sum += weight * auc(predictions);
    weights += weight;
  }
  return weights > 0 ? std::optional(sum / weights) : std::nullopt;
}

}  // namespace tuna
