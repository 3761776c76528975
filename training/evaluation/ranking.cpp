#include "training/evaluation/ranking.h"

#include <algorithm>
#include <numeric>

namespace tuna {

Ranking::Ranking(const Predictions& predictions) : positive_(predictions.positive) {
  const std::vector<double>& scores = predictions.scores;
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  tie_of_.resize(scores.size());
  for (const size_t image : order) {
    if (scores_.empty() || scores[image] > scores_.back()) scores_.push_back(scores[image]);
    tie_of_[image] = scores_.size() - 1;
  }
}

std::vector<Tie> Ranking::ties(const std::vector<int64_t>& times) const {
  std::vector<Tie> ties;
  for (const double score : scores_) ties.push_back({score});
  for (size_t image = 0; image < times.size(); ++image) {
    Tie& tie = ties[tie_of_[image]];
    (positive_[image] ? tie.positives : tie.negatives) += times[image];
  }
  return ties;
}

std::vector<Tie> Ranking::ties() const { return ties(std::vector<int64_t>(tie_of_.size(), 1)); }

Tie sum(const std::vector<Tie>& ties) {
  Tie all{0};
  for (const Tie& tie : ties) {
    all.positives += tie.positives;
    all.negatives += tie.negatives;
  }
  return all;
}

double auc(const std::vector<Tie>& ties) {
  int64_t twice_won = 0, negatives_below = 0;  // whole numbers, so that equal rankings give equal bits
  for (const Tie& tie : ties) {
    twice_won += tie.positives * (2 * negatives_below + tie.negatives);
    negatives_below += tie.negatives;
  }
  const Tie all = sum(ties);
  return double(twice_won) / (2.0 * double(all.positives) * double(all.negatives));
}

}  // namespace tuna
