// The predicted class of an image, from its probabilities.
#pragma once

#include <optional>
#include <string>

#include "training/evaluation/predictor.h"
#include "training/spec/spec.h"

namespace tuna {

/// The score: the probability of the positive class.  Throws Error if it is not finite.
double score(const Probabilities& probabilities, size_t sample, const Spec& spec);

/// The positive class if its score is at least the threshold, otherwise the most probable of the other classes.
/// Without a threshold the most probable class.
std::string decide(const Probabilities& probabilities, size_t sample, const std::optional<double>& threshold,
                   const Spec& spec);

}  // namespace tuna
