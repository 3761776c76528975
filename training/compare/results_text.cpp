#include "training/compare/results_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "training/evaluation/metrics.h"

namespace tuna {
namespace {

using nlohmann::ordered_json;
struct NamedFigure {
  const char* name;
  ThresholdFigure figure;
};

// Of the scores, and of the decisions at a threshold.
constexpr NamedFigure kOfScores[] = {{"auc", &ThresholdRow::auc},
                                     {"average_precision", &ThresholdRow::average_precision},
                                     {"brier", &ThresholdRow::brier},
                                     {"expected_calibration_error", &ThresholdRow::calibration_error}};
constexpr NamedFigure kOfDecisions[] = {{"accuracy", &ThresholdRow::accuracy},
                                        {"sensitivity", &ThresholdRow::sensitivity},
                                        {"specificity", &ThresholdRow::specificity},
                                        {"f1", &ThresholdRow::f1}};

// In all runs.
ordered_json to_json(const MethodResults& method,
                     const std::function<std::optional<Measured>(const EvaluationRow&)>& figure) {
  const std::optional<MeanAndDeviation> mean = method.mean_of(figure);
  if (!mean) return nullptr;
  ordered_json values = ordered_json::array();
  for (const RunResult& result : method.runs) values.push_back(figure(result.row)->value);
  ordered_json json = {{"mean", mean->mean}};
  if (mean->deviation) json["deviation"] = *mean->deviation;
  json["values"] = values;
  return json;
}

ordered_json to_json(const Estimate& estimate) {
  ordered_json json = {{"value", estimate.value}};
  if (estimate.interval) json["interval_95"] = {estimate.interval->low, estimate.interval->high};
  return json;
}

ordered_json to_json(const MethodResults& method) {
  ordered_json json = {{"name", method.name}, {"spec", method.spec}, {"runs", ordered_json::array()}};
  for (const RunResult& result : method.runs) json["runs"].push_back(result.run.part.name());
  for (const NamedFigure& named : kOfScores)
    json[named.name] = to_json(method, [&](const EvaluationRow& row) { return figure_of_scores(row, named.figure); });
  json["thresholds"] = ordered_json::array();
  for (const ChosenThreshold& threshold : method.thresholds()) {
    ordered_json at = {{"chosen_on", threshold.chosen_on}, {"uses_target_labels", threshold.uses_target_labels}};
    for (const NamedFigure& named : kOfDecisions)
      at[named.name] =
          to_json(method, [&](const EvaluationRow& row) { return figure_at(row, threshold.chosen_on, named.figure); });
    json["thresholds"].push_back(at);
  }
  if (method.gain) json["gain_in_auc"] = to_json(*method.gain);
  if (method.share_of_gap) json["share_of_gap_closed"] = to_json(*method.share_of_gap);
  return json;
}

std::string in_figures(const std::optional<MeanAndDeviation>& figure) {
  if (!figure) return "-";
  return fmt::format("{:.3f}", figure->mean) + (figure->deviation ? fmt::format(" +- {:.3f}", *figure->deviation) : "");
}

std::string in_figures(const std::optional<Estimate>& estimate, bool as_percent) {
  if (!estimate) return "-";
  const auto figure = [&](double value) {
    return as_percent ? fmt::format("{:.0f} %", 100 * value) : fmt::format("{:+.3f}", value);
  };
  return figure(estimate->value)
         + (estimate->interval
                ? fmt::format(" ({} to {})", figure(estimate->interval->low), figure(estimate->interval->high))
                : "");
}

size_t width_of_names(const ComparisonResults& results) {
  size_t width = 20;
  for (const MethodResults& method : results.methods) width = std::max(width, method.name.size());
  return width;
}

std::string line(const MethodResults& method, size_t width) {
  return fmt::format("{:<{}} {:>4}   {:<17} {:<25} {}\n", method.name, width, method.runs.size(),
                     in_figures(method.auc()), in_figures(method.gain, false), in_figures(method.share_of_gap, true));
}

}  // namespace

std::string to_table(const ComparisonResults& results) {
  const size_t width = width_of_names(results);
  std::string text = fmt::format("{:<{}} {:>4}   {:<17} {:<25} {}\n", "", width, "runs", "AUC",
                                 results.before.empty() ? "" : "gain (95 % interval)",
                                 results.upper_bound.empty() ? "" : "of the gap (95 % interval)");
  for (const MethodResults& method : results.methods) text += line(method, width);
  if (const auto& trivial = results.best_trivial_feature)
    text += fmt::format("{:<{}} {:>4}   {:.3f}\n", trivial->name + " alone", width, trivial->parts, trivial->auc);
  return text;
}

ordered_json to_json(const ComparisonResults& results) {
  ordered_json json = {{"finished_runs", results.finished}, {"runs", results.all},
                       {"folds", results.comparison.folds}, {"seeds", results.comparison.seeds},
                       {"gain_over", results.before},       {"upper_bound", results.upper_bound},
                       {"methods", ordered_json::array()}};
  for (const MethodResults& method : results.methods) json["methods"].push_back(to_json(method));
  if (const auto& trivial = results.best_trivial_feature)
    json["best_trivial_feature"] = {
        {"name", trivial->name}, {"auc", trivial->auc}, {"parts", trivial->parts}, {"of_parts", trivial->of_parts}};
  return json;
}

std::string in_words(const ComparisonResults& results) {
  const std::string runs = fmt::format("{} of {} finished.", results.finished, counted(results.all, "run"));
  const auto best = std::max_element(
      results.methods.begin(), results.methods.end(), [](const MethodResults& a, const MethodResults& b) {
        return (a.share_of_gap ? a.share_of_gap->value : -1e9) < (b.share_of_gap ? b.share_of_gap->value : -1e9);
      });
  if (best == results.methods.end() || !best->share_of_gap) return runs;
  if (best->share_of_gap->value <= 0) return fmt::format("{} No adaptation is above {} in AUC.", runs, results.before);
  const std::string below_chance = best->auc() && best->auc()->mean < kAucOfChance
                                       ? fmt::format(" Its AUC, {:.3f}, is below chance (0.5).", best->auc()->mean)
                                       : "";
  if (const std::optional<Estimate>& gain = best->gain; gain && gain->interval && gain->interval->contains(0))
    return fmt::format(
        "{} {} gains most, but not distinguishably from 0: {:+.3f} in AUC over {}, 95 % interval {:+.3f} to {:+.3f}.{}",
        runs, best->name, gain->value, results.before, gain->interval->low, gain->interval->high, below_chance);
  if (!below_chance.empty()) return fmt::format("{} {} gains most.{}", runs, best->name, below_chance);
  return fmt::format("{} {} gains most: {} of the gap in AUC from {} to {}.", runs, best->name,
                     in_figures(best->share_of_gap, true), results.before, results.upper_bound);
}

}  // namespace tuna
