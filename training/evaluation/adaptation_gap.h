// What a run achieved, in one sentence.
#pragma once

#include <string>
#include <vector>

#include "training/evaluation/evaluate.h"

namespace tuna {

/// How much of the gap in AUC between the classifier before adaptation and the one trained with the target's labels
/// adaptation closed; without that upper bound only whether the AUC rose.  A difference whose 95 % interval contains 0
/// is not claimed, and neither is anything below chance.  A line, or empty if a row is missing.
std::string adaptation_in_words(const std::vector<Evaluation>& rows, const DomainsSpec& domains);

}  // namespace tuna
