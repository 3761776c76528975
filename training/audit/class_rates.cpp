#include "training/audit/class_rates.h"

namespace tuna {

ClassRates::ClassRates(const std::vector<std::string>& texts, const std::vector<bool>& positive,
                       const std::vector<size_t>& folds) {
  for (size_t i = 0; i < texts.size(); ++i) {
    Counts& counts = counts_[texts[i]][folds[i]];
    counts.images += 1;
    counts.positives += positive[i];
    overall_ += double(positive[i]) / double(texts.size());
  }
}

double ClassRates::rate(const std::string& text, size_t a, size_t b) const {
  Counts sum;
  if (const auto found = counts_.find(text); found != counts_.end())
    for (size_t fold = 0; fold < kFolds; ++fold)
      if (fold != a && fold != b) {
        sum.positives += found->second[fold].positives;
        sum.images += found->second[fold].images;
      }
  return (sum.positives + overall_) / (sum.images + 1);
}

}  // namespace tuna
