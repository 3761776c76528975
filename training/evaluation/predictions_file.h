// The CSV file of `tuna predict` and `tuna evaluate --predictions`: one line per image.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "training/evaluation/predictor.h"
#include "training/spec/spec.h"

namespace tuna {

/// Columns path, patient, domain, split, label, score, prediction; the last is predicted(sample), a class.
std::string predictions_text(const std::vector<Sample>& samples, const Probabilities& probabilities, const Spec& spec,
                             const std::function<std::string(size_t)>& predicted);

}  // namespace tuna
