// AUC in groups of the test images: by hospital, view, sex, age.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "training/evaluation/predictions.h"
#include "training/evaluation/resampling.h"

namespace tuna {

struct Group {
  std::string column, value;  ///< of the manifest; the value is empty for images without one
  int64_t images = 0, positives = 0;
  std::optional<double> auc;         ///< none of one class
  std::optional<Interval> interval;  ///< 95 %, by bootstrap()
};

/// The groups of each column that a sample has a value in, in the order of `columns` and then of the values; ages are
/// in bands.  predictions: of `samples`, in order.  rounds: of the bootstrap; 0: no intervals.
std::vector<Group> groups_of(const Predictions& predictions, const std::vector<Sample>& samples,
                             const std::vector<std::string>& columns, int64_t rounds, uint64_t seed);

/// The band of years, such as "2-5", of an age in years ("4", "3.5") or as in DICOM ("004Y", "018M", "006W", "030D").
/// Other text stays as it is.
std::string age_band(const std::string& age);

}  // namespace tuna
