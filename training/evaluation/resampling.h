// Resampling of patients, for bootstrap intervals.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/random.h"
#include "training/evaluation/predictions.h"

namespace tuna {

struct Interval {
  double low, high;

  bool contains(double value) const { return low <= value && value <= high; }
};

/// From the 2.5 to the 97.5 percentile of at least one value, interpolated linearly.
Interval percentile_interval(std::vector<double> values);

/// Draws as many patients as there are, with replacement, each with all of its images: the unit that is independent is
/// the patient.  Images may come in several sets, such as the test images of several folds; a patient that has images
/// in some of them is drawn in all of them at once.
class PatientResampling {
 public:
  explicit PatientResampling(const std::vector<const Predictions*>& sets);

  /// How many times each image is drawn, [set][image].
  std::vector<std::vector<int64_t>> draw(Random& random) const;

 private:
  struct Image {
    size_t set, image;
  };
  std::vector<std::vector<Image>> images_;  // of each patient
  std::vector<size_t> sizes_;               // of the sets
};

}  // namespace tuna
