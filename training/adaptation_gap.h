// What a run achieved, in one sentence.
#pragma once

#include <string>
#include <vector>

#include "training/evaluate.h"

namespace tuna {

/// How much of the way from the classifier before adaptation (row NoAdapt) to the one trained with the target's labels
/// (row Supervised) adaptation went (row TUNA-Net), by AUC; without a row Supervised only whether the AUC rose.  A
/// line, or nothing where a row is missing.
std::string adaptation_in_words(const std::vector<Evaluation>& rows, const DomainsSpec& domains);

}  // namespace tuna
