#include "training/evaluation/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/check.h"
#include "training/evaluation/ranking.h"

namespace tuna {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// Methods on the same images.
class Paired {
 public:
  explicit Paired(const std::vector<const ScoresOfRuns*>& methods) : resampling_(sets(methods)) {
    const ScoresOfRuns& first = *methods[0];
    for (const ScoresOfRuns* method : methods) {
      check(method->size() == first.size(), "comparison: one method has {} runs, another {}", first.size(),
            method->size());
      rankings_.emplace_back();
      for (size_t run = 0; run < first.size(); ++run) {
        const Predictions& scores = (*method)[run];
        check_predictions(scores);
        check(scores.positive == first[run].positive && scores.patients == first[run].patients,
              "comparison: run {} of the methods is of different test images", run + 1);
        rankings_.back().emplace_back(scores);
      }
    }
  }

  /// The mean of the AUC over the runs, of each method.
  std::vector<double> aucs() const {
    std::vector<double> aucs;
    for (const std::vector<Ranking>& runs : rankings_) {
      std::vector<double> of_runs;
      for (const Ranking& ranking : runs) of_runs.push_back(auc(ranking.ties()));
      aucs.push_back(mean(of_runs));
    }
    return aucs;
  }

  /// The same of `rounds` draws of patients.
  std::vector<std::vector<double>> drawn_aucs(int64_t rounds, uint64_t seed) const {
    check(rounds > 0, "comparison: {} rounds, at least 1 is needed", rounds);
    std::vector<std::vector<double>> drawn;
    for (uint32_t round = 0; int64_t(drawn.size()) < rounds; ++round) {
      Random random(seed, "paired bootstrap", round);
      if (const auto aucs = aucs_of(resampling_.draw(random))) drawn.push_back(*aucs);
    }
    return drawn;
  }

 private:
  static std::vector<const Predictions*> sets(const std::vector<const ScoresOfRuns*>& methods) {
    check(!methods[0]->empty(), "comparison: no runs");
    std::vector<const Predictions*> sets;
    for (const Predictions& run : *methods[0]) sets.push_back(&run);
    return sets;
  }

  /// None if a run lacks a class.
  std::optional<std::vector<double>> aucs_of(const std::vector<std::vector<int64_t>>& times) const {
    std::vector<double> aucs;
    for (const std::vector<Ranking>& runs : rankings_) {
      std::vector<double> of_runs;
      for (size_t run = 0; run < runs.size(); ++run) {
        const std::vector<Tie> ties = runs[run].ties(times[run]);
        const Tie all = sum(ties);
        if (all.positives == 0 || all.negatives == 0) return std::nullopt;
        of_runs.push_back(auc(ties));
      }
      aucs.push_back(mean(of_runs));
    }
    return aucs;
  }

  PatientResampling resampling_;
  std::vector<std::vector<Ranking>> rankings_;  // [method][run]
};

}  // namespace

MeanAndDeviation mean_and_deviation(const std::vector<double>& values) {
  check(!values.empty(), "mean_and_deviation: no values");
  MeanAndDeviation result{mean(values), {}};
  if (values.size() == 1) return result;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.deviation = std::sqrt(squares / double(values.size() - 1));
  return result;
}

Estimate difference_in_auc(const ScoresOfRuns& one, const ScoresOfRuns& other, int64_t rounds, uint64_t seed) {
  const Paired paired({&one, &other});
  const std::vector<double> aucs = paired.aucs();
  std::vector<double> differences;
  for (const std::vector<double>& drawn : paired.drawn_aucs(rounds, seed)) differences.push_back(drawn[0] - drawn[1]);
  return {aucs[0] - aucs[1], percentile_interval(std::move(differences))};
}

Estimate share_of_gap_closed(const ScoresOfRuns& before, const ScoresOfRuns& adapted, const ScoresOfRuns& supervised,
                             int64_t rounds, uint64_t seed) {
  const Paired paired({&before, &adapted, &supervised});
  const auto share = [](const std::vector<double>& aucs) { return (aucs[1] - aucs[0]) / (aucs[2] - aucs[0]); };
  const auto has_gap = [](const std::vector<double>& aucs) { return aucs[2] > aucs[0]; };
  const std::vector<double> aucs = paired.aucs();
  check(has_gap(aucs),
        "comparison: the gap is not positive: the mean AUC of the supervised classifier, {:.3f}, is not above {:.3f}",
        aucs[2], aucs[0]);
  std::vector<double> shares;
  for (const std::vector<double>& drawn : paired.drawn_aucs(rounds, seed)) {
    if (!has_gap(drawn)) return {share(aucs), {}};
    shares.push_back(share(drawn));
  }
  return {share(aucs), percentile_interval(std::move(shares))};
}

}  // namespace tuna
