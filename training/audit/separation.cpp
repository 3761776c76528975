#include "training/audit/separation.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "data/on_threads.h"
#include "training/audit/class_rates.h"

namespace tuna {
namespace {

/// The fraction of the images with a smaller value, equal ones counting half; 0 where none is given.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<size_t> order;
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size(), 0.0);
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = double(begin + end) / 2 / double(order.size());
  }
  return ranks;
}

std::map<std::string, double> shares_of(const std::vector<std::string>& texts, const std::vector<bool>& positive) {
  std::map<std::string, double> images, shares;
  for (const std::string& text : texts) images[text] += 1;
  for (size_t i = 0; i < texts.size(); ++i) shares[texts[i]] += positive[i] ? 1 / images[texts[i]] : 0;
  return shares;
}

std::optional<Separation> text_separation(const Feature& feature, const TwoGroups& groups,
                                          const std::vector<size_t>& folds) {
  const ClassRates rates(feature.texts, groups.positive, folds);
  std::vector<double> scores;
  for (size_t i = 0; i < folds.size(); ++i) scores.push_back(rates.rate(feature.texts[i], folds[i], folds[i]));
  const std::optional<double> auc = mean_auc_of_folds(scores, groups.positive, folds);
  if (!auc) return std::nullopt;
  return Separation{feature.name, true, *auc, true, {}, shares_of(feature.texts, groups.positive)};
}

std::optional<Separation> number_separation(const Feature& feature, const TwoGroups& groups, int64_t rounds,
                                            uint64_t seed) {
  Predictions predictions;
  for (size_t i = 0; i < groups.positive.size(); ++i)
    if (feature.is_given(i)) {
      predictions.scores.push_back(feature.values[i]);
      predictions.positive.push_back(groups.positive[i]);
      predictions.patients.push_back(groups.patients[i]);
    }
  const auto positives = std::count(predictions.positive.begin(), predictions.positive.end(), true);
  if (positives == 0 || size_t(positives) == predictions.positive.size()) return std::nullopt;
  Separation separation{feature.name, false, auc(predictions), true, {}, {}};
  if (separation.auc < 0.5) {
    separation.larger = false;
    for (double& score : predictions.scores) score = -score;
    separation.auc = auc(predictions);
  }
  if (rounds > 0) separation.interval = bootstrap(predictions, 0, rounds, seed).auc;
  return separation;
}

/// A feature as the input of a discriminant.
class Input {
 public:
  Input(const Feature& feature, const std::vector<bool>& positive, const std::vector<size_t>& folds)
      : feature_(&feature), folds_(&folds) {
    if (feature.is_text())
      rates_.emplace(feature.texts, positive, folds);
    else
      ranks_ = ranks_of(feature.values);
  }

  /// Of an image, for a rule that is made without the fold `left_out`.  The rate of a text does not count the image's
  /// own fold either, so a text that determines an image does not seem to determine its class.
  double value(size_t image, size_t left_out) const {
    return rates_ ? rates_->rate(feature_->texts[image], left_out, (*folds_)[image]) : ranks_[image];
  }

  bool is_given(size_t image) const { return feature_->is_given(image); }
  const std::string& name() const { return feature_->name; }

 private:
  const Feature* feature_;
  const std::vector<size_t>* folds_;
  std::vector<double> ranks_;
  std::optional<ClassRates> rates_;
};

using Two = std::array<double, 2>;

/// The direction S^-1 (mean of the positive - mean of the others), where S is the covariance inside of the groups.
Two discriminant(const std::vector<Two>& values, const std::vector<bool>& positive) {
  std::array<Two, 2> mean{};
  std::array<double, 2> count{};
  for (size_t i = 0; i < values.size(); ++i) {
    count[positive[i]] += 1;
    for (size_t k = 0; k < 2; ++k) mean[positive[i]][k] += values[i][k];
  }
  for (size_t group = 0; group < 2; ++group)
    for (double& each : mean[group]) each /= std::max(count[group], 1.0);
  double aa = 0, ab = 0, bb = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double a = values[i][0] - mean[positive[i]][0], b = values[i][1] - mean[positive[i]][1];
    aa += a * a;
    ab += a * b;
    bb += b * b;
  }
  const double images = double(std::max<size_t>(values.size(), 1));
  constexpr double kRidge = 1e-6, kLeast = 1e-12;  // for two equal features, and for one that is constant
  aa = aa / images * (1 + kRidge) + kLeast;
  bb = bb / images * (1 + kRidge) + kLeast;
  ab /= images;
  const double determinant = aa * bb - ab * ab;
  const double a = mean[1][0] - mean[0][0], b = mean[1][1] - mean[0][1];
  return {(bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant};
}

std::optional<double> pair_auc(const Input& first, const Input& second, const std::vector<bool>& positive,
                               const std::vector<size_t>& folds) {
  std::vector<size_t> images;
  for (size_t i = 0; i < folds.size(); ++i)
    if (first.is_given(i) && second.is_given(i)) images.push_back(i);
  std::vector<double> scores(images.size());
  std::vector<bool> kept_positive;
  std::vector<size_t> kept_folds;
  for (const size_t image : images) {
    kept_positive.push_back(positive[image]);
    kept_folds.push_back(folds[image]);
  }
  for (size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<Two> values;
    std::vector<bool> labels;
    for (const size_t image : images)
      if (folds[image] != fold) {
        values.push_back({first.value(image, fold), second.value(image, fold)});
        labels.push_back(positive[image]);
      }
    const Two weights = discriminant(values, labels);
    for (size_t i = 0; i < images.size(); ++i)
      if (kept_folds[i] == fold)
        scores[i] = weights[0] * first.value(images[i], fold) + weights[1] * second.value(images[i], fold);
  }
  return mean_auc_of_folds(scores, kept_positive, kept_folds);
}

/// Adds nothing to another feature.
bool is_constant(const Feature& feature) {
  if (feature.is_text()) return false;
  const auto first =
      std::find_if(feature.values.begin(), feature.values.end(), [](double x) { return !std::isnan(x); });
  return std::all_of(first, feature.values.end(), [&](double x) { return std::isnan(x) || x == *first; });
}

template <class Item>
std::vector<Item> sorted_by_auc(const std::vector<std::optional<Item>>& found) {
  std::vector<Item> items;
  for (const std::optional<Item>& each : found)
    if (each) items.push_back(*each);
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.auc > b.auc; });
  return items;
}

}  // namespace

std::vector<Separation> separations(const std::vector<Feature>& features, const TwoGroups& groups, int64_t bootstrap,
                                    uint64_t seed, int threads) {
  const std::vector<size_t> folds = folds_by_patient(groups, seed);
  std::vector<std::optional<Separation>> found(features.size());
  run_on_threads(features.size(), threads, [&](size_t i) {
    found[i] = features[i].is_text() ? text_separation(features[i], groups, folds)
                                     : number_separation(features[i], groups, bootstrap, seed);
  });
  return sorted_by_auc(found);
}

std::vector<PairSeparation> pair_separations(const std::vector<Feature>& features, const TwoGroups& groups,
                                             uint64_t seed, int threads) {
  const std::vector<size_t> folds = folds_by_patient(groups, seed);
  std::map<std::string, double> alone;
  for (const Separation& each : separations(features, groups, 0, seed, threads)) alone[each.feature] = each.auc;
  std::vector<Input> inputs;
  for (const Feature& feature : features)
    if (alone.count(feature.name) && !is_constant(feature)) inputs.emplace_back(feature, groups.positive, folds);
  std::vector<std::pair<const Input*, const Input*>> pairs;
  for (size_t i = 0; i < inputs.size(); ++i)
    for (size_t j = i + 1; j < inputs.size(); ++j) pairs.emplace_back(&inputs[i], &inputs[j]);
  std::vector<std::optional<PairSeparation>> found(pairs.size());
  run_on_threads(pairs.size(), threads, [&](size_t i) {
    const auto [first, second] = pairs[i];
    if (const std::optional<double> auc = pair_auc(*first, *second, groups.positive, folds))
      found[i] = {first->name(), second->name(), *auc, std::max(alone.at(first->name()), alone.at(second->name()))};
  });
  return sorted_by_auc(found);
}

}  // namespace tuna
