// What is measured on validation images while a network trains.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "training/evaluation/evaluate.h"

namespace tuna {

/// {"validation_auc"}: of labelled images.
nlohmann::json validation_auc(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

/// {"target_entropy", "target_information"}: what can be known without a label, how sure a classifier is and how it
/// divides the images (unsupervised_validators()).
nlohmann::json without_labels(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

}  // namespace tuna
