#include "training/evaluation/curves.h"

#include "engine/base/check.h"

namespace tuna {
namespace {

/// Images of each class that are classified as positive.
struct Counts {
  int64_t positives = 0, negatives = 0;
};

bool on_a_line(const Counts& a, const Counts& b, const Counts& c) {
  return (b.positives - a.positives) * (c.negatives - b.negatives)
         == (c.positives - b.positives) * (b.negatives - a.negatives);
}

std::vector<Counts> corners(const std::vector<Tie>& ties) {
  std::vector<Counts> corners{{}};
  Counts now;
  for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
    now = {now.positives + tie->positives, now.negatives + tie->negatives};
    if (corners.size() >= 2 && on_a_line(corners[corners.size() - 2], corners.back(), now)) corners.pop_back();
    corners.push_back(now);
  }
  return corners;
}

}  // namespace

std::vector<RocPoint> roc_curve(const Predictions& predictions, size_t most) {
  check_predictions(predictions);
  check(most >= 2, "roc_curve: at most {} points, at least 2 are needed", most);
  const std::vector<Counts> all = corners(Ranking(predictions).ties());
  const Counts total = all.back();
  const size_t count = std::min(all.size(), most);
  std::vector<RocPoint> curve;
  for (size_t i = 0; i < count; ++i) {
    const Counts& point = all[i * (all.size() - 1) / (count - 1)];
    curve.push_back(
        {double(point.negatives) / double(total.negatives), double(point.positives) / double(total.positives)});
  }
  return curve;
}

std::vector<CalibrationBin> calibration_bins(const std::vector<Tie>& ties) {
  const auto edge = [](int64_t bin) { return double(bin) / double(kCalibrationBins); };
  std::vector<CalibrationBin> bins;
  int64_t bin = 0;
  for (const Tie& tie : ties) {
    const int64_t images = tie.positives + tie.negatives;
    if (images == 0) continue;
    while (bin + 1 < kCalibrationBins && tie.score > edge(bin + 1)) ++bin;
    if (bins.empty() || bins.back().from != edge(bin)) bins.push_back({edge(bin), edge(bin + 1), 0, 0, 0});
    bins.back().images += images;
    bins.back().positives += tie.positives;
    bins.back().sum_of_scores += double(images) * tie.score;
  }
  return bins;
}

std::vector<CalibrationBin> calibration_bins(const Predictions& predictions) {
  check_predictions(predictions);
  return calibration_bins(Ranking(predictions).ties());
}

}  // namespace tuna
