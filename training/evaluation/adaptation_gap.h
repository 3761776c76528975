// What a run achieved, in one sentence.
#pragma once

#include <string>
#include <vector>

#include "training/evaluation/evaluate.h"

namespace tuna {

/// How much of the way from the classifier before adaptation to the one trained with the target's labels adaptation
/// went, by AUC; without the upper bound only whether the AUC rose.  A line, or nothing where a row is missing.
std::string adaptation_in_words(const std::vector<Evaluation>& rows, const DomainsSpec& domains);

}  // namespace tuna
