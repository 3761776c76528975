// A text as a number: the share of positive images among those with the same text.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "training/audit/folds.h"

namespace tuna {

class ClassRates {
 public:
  ClassRates(const std::vector<std::string>& texts, const std::vector<bool>& positive,
             const std::vector<size_t>& folds);

  /// (positives + p) / (images + 1) over the images with this text outside of the folds `a` and `b`, where p is the
  /// share of positives of all images.  So a text that occurs in these folds alone, such as an image's own number, has
  /// the rate p and separates nothing.
  double rate(const std::string& text, size_t a, size_t b) const;

 private:
  struct Counts {
    double positives = 0, images = 0;
  };
  std::map<std::string, std::array<Counts, kFolds>> counts_;
  double overall_ = 0;
};

}  // namespace tuna
