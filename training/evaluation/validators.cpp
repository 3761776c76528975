#include "training/evaluation/validators.h"

#include <nlohmann/json.hpp>

namespace tuna {

nlohmann::json validation_auc(const Probabilities& probabilities, const std::vector<Sample>& samples,
                              const Spec& spec) {
  return {{"validation_auc", auc(scores_of(probabilities, samples, spec))}};
}

nlohmann::json without_labels(const Probabilities& probabilities, const std::vector<Sample>&, const Spec&) {
  const UnsupervisedValidators found = unsupervised_validators(probabilities.values, probabilities.classes);
  return {{"target_entropy", found.entropy}, {"target_information", found.information}};
}

}  // namespace tuna
