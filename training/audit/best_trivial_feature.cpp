#include "training/audit/best_trivial_feature.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "data/on_threads.h"
#include "data/trivial_features.h"
#include "engine/base/utf8.h"
#include "training/audit/class_rates.h"
#include "training/audit/shortcut_audit.h"

namespace tuna {
namespace {

TwoGroups groups_of(const std::vector<Sample>& samples, const Spec& spec) {
  TwoGroups groups;
  for (const Sample& sample : samples) {
    groups.positive.push_back(sample.label == spec.positive);
    groups.patients.push_back(sample.patient);
  }
  return groups;
}

/// Larger ones are more likely positive, by what the feature and `chosen` say about the validation images.
std::vector<double> scores_of(const Feature& test, const Feature& validation, const TwoGroups& groups,
                              const Separation& chosen) {
  std::vector<double> scores;
  if (!test.is_text()) {
    for (const double value : test.values) scores.push_back(chosen.larger ? value : -value);
    return scores;
  }
  const ClassRates rates(validation.texts, groups.positive, std::vector<size_t>(validation.texts.size(), 0));
  for (const std::string& text : test.texts) scores.push_back(rates.rate(text, kFolds, kFolds));
  return scores;
}

/// A feature of all images, divided.
struct Divided {
  Feature validation, test;
};

MeasuredFeature measure(const Divided& feature, const Separation& chosen, const TwoGroups& validation,
                        const TwoGroups& test, const Spec& spec) {
  const Predictions predictions{scores_of(feature.test, feature.validation, validation, chosen), test.positive,
                                test.patients};
  MeasuredFeature measured{chosen.auc, {chosen.feature, chosen.is_text, auc(predictions), chosen.larger, {}, {}}};
  if (spec.evaluate.bootstrap > 0)
    measured.test.interval = bootstrap(predictions, 0, spec.evaluate.bootstrap, uint64_t(spec.seed)).auc;
  return measured;
}

/// `features` are of the validation images, then of the test images; those that some images lack are left out.
BestTrivialFeature measure_all(const std::vector<Feature>& features, const TwoGroups& validation, const TwoGroups& test,
                               const Spec& spec, int threads) {
  std::vector<size_t> first(validation.positive.size()), second(test.positive.size());
  std::iota(first.begin(), first.end(), size_t(0));
  std::iota(second.begin(), second.end(), first.size());
  std::vector<Feature> on_validation;
  std::map<std::string, Divided> by_name;
  for (const Feature& feature : features) {
    if (std::any_of(feature.values.begin(), feature.values.end(), [](double value) { return std::isnan(value); }))
      continue;
    on_validation.push_back(select(feature, first));
    by_name.emplace(feature.name, Divided{on_validation.back(), select(feature, second)});
  }
  const std::vector<Separation> chosen = separations(on_validation, validation, 0, uint64_t(spec.seed), threads);
  BestTrivialFeature best;
  best.all.resize(chosen.size());
  run_on_threads(chosen.size(), threads, [&](size_t i) {
    best.all[i] = measure(by_name.at(chosen[i].feature), chosen[i], validation, test, spec);
  });
  return best;
}

nlohmann::json to_json(const Separation& test) {
  nlohmann::json json = {{"name", escape_bytes(test.feature)}, {"auc", test.auc}};
  if (!test.is_text) json["larger"] = test.larger;
  if (test.interval) json["interval_95"] = {test.interval->low, test.interval->high};
  return json;
}

}  // namespace

std::optional<BestTrivialFeature> best_trivial_feature(const RunData& data, const Spec& spec, int threads,
                                                       const std::function<void()>& between_images) {
  const std::vector<Sample> test = RunData::labelled(data.target("test"));
  if (!RunData::both_kinds(test, spec)) return std::nullopt;
  std::vector<Sample> samples = RunData::labelled(data.target("validation"));
  if (!RunData::both_kinds(samples, spec))
    return BestTrivialFeature{{}, "the target's validation images do not have labels of both kinds"};
  const TwoGroups validation_groups = groups_of(samples, spec), test_groups = groups_of(test, spec);
  samples.insert(samples.end(), test.begin(), test.end());

  const auto done = [&](size_t) {
    if (between_images) between_images();
  };
  std::vector<std::vector<double>> values;
  for (const TrivialFeatureValues& measured : measure_trivial_features(samples, threads, done)) {
    if (!measured.error.empty()) return BestTrivialFeature{{}, measured.error};
    values.push_back(measured.values);
  }
  return measure_all(features_of(samples, values), validation_groups, test_groups, spec, threads);
}

std::string to_line(const std::optional<BestTrivialFeature>& best, const Spec& spec) {
  if (!best) return "";
  if (!best->skipped.empty()) return fmt::format("warning: no trivial feature is measured: {}\n", best->skipped);
  const Separation& test = best->test();
  const std::string interval =
      test.interval ? fmt::format(" ({:.3f} to {:.3f})", test.interval->low, test.interval->high) : "";
  const std::string direction = test.is_text ? "" : direction_in_words(test, spec.positive) + ", ";
  return fmt::format(
      "best trivial feature: {}, AUC {:.3f}{}, {}chosen on labelled validation images of the target; `tuna data audit` "
      "explains it\n",
      test.feature, test.auc, interval, direction);
}

void add_to_json(nlohmann::json& evaluation, const BestTrivialFeature& best) {
  if (!best.skipped.empty()) {
    evaluation["best_trivial_feature"] = {{"skipped", escape_bytes(best.skipped)}};
    return;
  }
  evaluation["best_trivial_feature"] = to_json(best.test());
  for (const MeasuredFeature& feature : best.all) {
    evaluation["trivial_features"].push_back(to_json(feature.test));
    evaluation["trivial_features"].back()["validation_auc"] = feature.validation_auc;
  }
}

}  // namespace tuna
