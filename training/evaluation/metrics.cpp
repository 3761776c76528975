#include "training/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/base/check.h"
#include "engine/base/random.h"

namespace tuna {
namespace {

void check_predictions(const Predictions& predictions) {
  const size_t count = predictions.scores.size();
  check(count > 0, "metrics: no predictions");
  check(predictions.positive.size() == count, "metrics: {} scores and {} labels", count, predictions.positive.size());
  check(predictions.patients.empty() || predictions.patients.size() == count, "metrics: {} scores and {} patients",
        count, predictions.patients.size());
  for (size_t i = 0; i < count; ++i)
    check(std::isfinite(predictions.scores[i]), "metrics: score {} of {} is {}", i + 1, count, predictions.scores[i]);
  const auto positives = std::count(predictions.positive.begin(), predictions.positive.end(), true);
  check(positives > 0, "metrics: all {} images are negative; both classes are needed", count);
  check(positives < std::ptrdiff_t(count), "metrics: all {} images are positive; both classes are needed", count);
}

/// Images of one score, by class.
struct Tie {
  double score;
  int64_t positives = 0, negatives = 0;
};

/// Predictions sorted by score once, so that each resampling only counts.
class Ranking {
 public:
  explicit Ranking(const Predictions& predictions) : positive_(predictions.positive) {
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

  /// Ties in ascending order of score; image i counts times[i] times.
  std::vector<Tie> ties(const std::vector<int64_t>& times) const {
    std::vector<Tie> ties;
    for (const double score : scores_) ties.push_back({score});
    for (size_t image = 0; image < times.size(); ++image) {
      Tie& tie = ties[tie_of_[image]];
      (positive_[image] ? tie.positives : tie.negatives) += times[image];
    }
    return ties;
  }

  std::vector<Tie> ties() const { return ties(std::vector<int64_t>(tie_of_.size(), 1)); }

 private:
  std::vector<bool> positive_;
  std::vector<double> scores_;  // distinct, ascending
  std::vector<size_t> tie_of_;  // position of an image's score among them
};

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

Metrics measure(const std::vector<Tie>& ties, double threshold) {
  const Tie all = sum(ties);
  int64_t true_positives = 0, false_positives = 0;
  for (const Tie& tie : ties)
    if (tie.score >= threshold) {
      true_positives += tie.positives;
      false_positives += tie.negatives;
    }
  const int64_t true_negatives = all.negatives - false_positives, false_negatives = all.positives - true_positives;
  Metrics metrics;
  metrics.auc = auc(ties);
  metrics.accuracy = double(true_positives + true_negatives) / double(all.positives + all.negatives);
  metrics.sensitivity = double(true_positives) / double(all.positives);
  metrics.specificity = double(true_negatives) / double(all.negatives);
  metrics.f1 = 2.0 * double(true_positives) / double(2 * true_positives + false_positives + false_negatives);
  return metrics;
}

/// The images of each patient.
std::vector<std::vector<size_t>> images_of_patients(const Predictions& predictions) {
  std::vector<std::vector<size_t>> images;
  std::map<std::string, size_t> position;
  for (size_t image = 0; image < predictions.scores.size(); ++image) {
    size_t patient = images.size();
    if (!predictions.patients.empty()) patient = position.emplace(predictions.patients[image], patient).first->second;
    images.resize(std::max(images.size(), patient + 1));
    images[patient].push_back(image);
  }
  return images;
}

double percentile(const std::vector<double>& sorted, double fraction) {
  const double position = fraction * double(sorted.size() - 1);
  const size_t below = size_t(position), above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - double(below)) * (sorted[above] - sorted[below]);
}

Interval interval(const std::vector<Metrics>& rounds, double Metrics::*metric) {
  std::vector<double> values;
  for (const Metrics& metrics : rounds) values.push_back(metrics.*metric);
  std::sort(values.begin(), values.end());
  return {percentile(values, 0.025), percentile(values, 0.975)};
}

}  // namespace

double auc(const Predictions& predictions) {
  check_predictions(predictions);
  return auc(Ranking(predictions).ties());
}

double youden_threshold(const Predictions& predictions) {
  check_predictions(predictions);
  const std::vector<Tie> ties = Ranking(predictions).ties();
  const Tie all = sum(ties);
  int64_t true_positives = 0, false_positives = 0, best_index = -1;
  double best = ties.back().score;
  for (auto tie = ties.rbegin(); tie != ties.rend(); ++tie) {
    true_positives += tie->positives;
    false_positives += tie->negatives;
    // Youden's index times both counts: whole, so that equal ones compare equal.
    const int64_t index = true_positives * all.negatives - false_positives * all.positives;
    if (index > best_index) {
      best_index = index;
      best = tie->score;
    }
  }
  return best;
}

Metrics measure(const Predictions& predictions, double threshold) {
  check_predictions(predictions);
  return measure(Ranking(predictions).ties(), threshold);
}

MetricIntervals bootstrap(const Predictions& predictions, double threshold, int64_t rounds, uint64_t seed,
                          const std::function<void()>& between_rounds) {
  check_predictions(predictions);
  check(rounds > 0, "bootstrap: {} rounds, at least 1 is needed", rounds);
  const Ranking ranking(predictions);
  const auto images = images_of_patients(predictions);
  std::vector<Metrics> measured;
  for (uint32_t round = 0; int64_t(measured.size()) < rounds; ++round) {
    if (between_rounds) between_rounds();
    Random random(seed, "bootstrap", round);
    std::vector<int64_t> times(predictions.scores.size());
    for (size_t draw = 0; draw < images.size(); ++draw)
      for (const size_t image : images[random.below(uint32_t(images.size()))]) ++times[image];
    const std::vector<Tie> ties = ranking.ties(times);
    const Tie all = sum(ties);
    if (all.positives > 0 && all.negatives > 0) measured.push_back(measure(ties, threshold));
  }
  return {interval(measured, &Metrics::auc), interval(measured, &Metrics::accuracy),
          interval(measured, &Metrics::sensitivity), interval(measured, &Metrics::specificity),
          interval(measured, &Metrics::f1)};
}

UnsupervisedValidators unsupervised_validators(const std::vector<double>& probabilities, int64_t classes) {
  check(classes >= 2, "unsupervised_validators: {} classes, at least 2 are needed", classes);
  check(!probabilities.empty() && probabilities.size() % size_t(classes) == 0,
        "unsupervised_validators: {} probabilities for {} classes", probabilities.size(), classes);
  const auto surprise = [](double p) { return p > 0 ? -p * std::log(p) : 0.0; };
  const size_t images = probabilities.size() / size_t(classes);
  std::vector<double> mean(size_t(classes), 0.0);
  double entropy = 0;
  for (size_t image = 0; image < images; ++image) {
    double total = 0;
    for (size_t c = 0; c < size_t(classes); ++c) {
      const double p = probabilities[image * size_t(classes) + c];
      check(p >= 0 && p <= 1, "unsupervised_validators: image {} of {} has a probability of {}", image + 1, images, p);
      total += p;
      mean[c] += p / double(images);
      entropy += surprise(p) / double(images);
    }
    check(std::abs(total - 1) < 1e-3, "unsupervised_validators: the probabilities of image {} of {} sum to {:g}, not 1",
          image + 1, images, total);
  }
  double entropy_of_mean = 0;
  for (const double p : mean) entropy_of_mean += surprise(p);
  return {entropy, entropy_of_mean - entropy};
}

}  // namespace tuna
