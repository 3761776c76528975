// Cross-validation by patient, so that a rule that is made of labels is measured on patients that it was not made of.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuna {

/// Images of two groups, such as those with a disease and those without.
struct TwoGroups {
  std::vector<bool> positive;
  std::vector<std::string> patients;  ///< of each image
};

constexpr size_t kFolds = 5;

/// The fold, 0 ... kFolds - 1, of each image.  All images of a patient are in one, and the patients of each group are
/// shuffled and dealt to the folds in turn.  Does not depend on the order of the images.
std::vector<size_t> folds_by_patient(const TwoGroups& groups, uint64_t seed);

/// The AUC inside of each fold, by scores that may come from another rule in each, averaged with the numbers of pairs
/// (positive, negative) as weights.  Scores of different folds are not compared, so a rule without information has 0.5.
/// Nothing if no fold has images of both groups.
std::optional<double> mean_auc_of_folds(const std::vector<double>& scores, const std::vector<bool>& positive,
                                        const std::vector<size_t>& folds);

}  // namespace tuna
