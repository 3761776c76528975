// The test images that a classifier gets most wrong.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/evaluation/predictor.h"
#include "training/spec/spec.h"

namespace tuna {

struct Mistake {
  Sample sample;
  std::string predicted;  ///< the class at the threshold
  double score;           ///< the probability of the positive class
};

/// The worst first.
struct Mistakes {
  std::vector<Mistake> false_negatives;  ///< of the positive class, with another prediction
  std::vector<Mistake> false_positives;
};

constexpr size_t kMostMistakes = 4;  // of either kind

/// Those with the largest probability of the wrong side of the threshold, in the order of `samples` where it is equal.
/// All samples have labels.
Mistakes worst_mistakes(const Probabilities& probabilities, const std::vector<Sample>& samples, double threshold,
                        const Spec& spec);

/// {"false_negatives": [{"path", "label", "predicted", "score"}], "false_positives": ...}; paths below `root` are
/// relative to it.
nlohmann::json to_json(const Mistakes& mistakes, const std::filesystem::path& root);

}  // namespace tuna
