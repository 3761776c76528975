#include "training/evaluation/resampling.h"

#include <algorithm>
#include <map>
#include <string>

namespace tuna {
namespace {

double percentile(const std::vector<double>& sorted, double fraction) {
  const double position = fraction * double(sorted.size() - 1);
  const size_t below = size_t(position), above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - double(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Interval percentile_interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {percentile(values, 0.025), percentile(values, 0.975)};
}

PatientResampling::PatientResampling(const std::vector<const Predictions*>& sets) {
  std::map<std::string, size_t> position;  // of a patient in images_
  for (size_t set = 0; set < sets.size(); ++set) {
    const Predictions& predictions = *sets[set];
    sizes_.push_back(predictions.scores.size());
    for (size_t image = 0; image < predictions.scores.size(); ++image) {
      // Without patients, the images at one position of the sets are the same.
      const std::string patient =
          predictions.patients.empty() ? "image " + std::to_string(image) : predictions.patients[image];
      const size_t at = position.emplace(patient, images_.size()).first->second;
      images_.resize(std::max(images_.size(), at + 1));
      images_[at].push_back({set, image});
    }
  }
}

std::vector<std::vector<int64_t>> PatientResampling::draw(Random& random) const {
  std::vector<std::vector<int64_t>> times;
  for (const size_t size : sizes_) times.emplace_back(size);
  for (size_t draw = 0; draw < images_.size(); ++draw)
    for (const Image& drawn : images_[random.below(uint32_t(images_.size()))]) ++times[drawn.set][drawn.image];
  return times;
}

}  // namespace tuna
