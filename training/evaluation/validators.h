// What is measured on validation images while a network trains.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "training/evaluation/evaluate.h"

namespace tuna {

/// {"validation_auc"}: of labelled images.
nlohmann::json validation_auc(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

/// {"target_entropy", "target_information"}: how confident a classifier is and how it distributes the images over the
/// classes, measured without labels (unsupervised_validators()).
nlohmann::json without_labels(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

}  // namespace tuna
