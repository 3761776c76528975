#include "training/evaluation/evaluate.h"

#include <algorithm>

#include "engine/base/check.h"

namespace tuna {

Predictions scores_of(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec) {
  const auto positive = std::find(spec.classes.begin(), spec.classes.end(), spec.positive) - spec.classes.begin();
  Predictions predictions;
  for (size_t i = 0; i < samples.size(); ++i) {
    check(!samples[i].label.empty(), "{}: has no label, so it cannot be evaluated", samples[i].path.string());
    predictions.scores.push_back(probabilities.of(i, positive));
    predictions.positive.push_back(samples[i].label == spec.positive);
    predictions.patients.push_back(samples[i].patient);
  }
  return predictions;
}

Evaluation evaluate(const std::string& name, const std::string& net, const std::optional<Predictions>& test,
                    const Predictions& source_validation, const std::optional<Predictions>& target_validation,
                    const Spec& spec, const std::function<void()>& between_rounds) {
  Evaluation evaluation{name, net, 0, 0, {}};
  if (test) {
    evaluation.images = test->scores.size();
    evaluation.positives = size_t(std::count(test->positive.begin(), test->positive.end(), true));
  }
  const auto add = [&](const char* chosen_on, bool uses_target_labels, const Predictions& validation) {
    AtThreshold at{chosen_on, uses_target_labels, youden_threshold(validation), {}, {}};
    if (test) at.metrics = measure(*test, at.threshold);
    if (test && spec.evaluate.bootstrap > 0)
      at.intervals = bootstrap(*test, at.threshold, spec.evaluate.bootstrap, uint64_t(spec.seed), between_rounds);
    evaluation.at.push_back(at);
  };
  add("source validation", false, source_validation);
  if (target_validation) add("target validation", true, *target_validation);
  return evaluation;
}

nlohmann::json to_json(const Evaluation& evaluation) {
  nlohmann::json thresholds = nlohmann::json::array();
  for (const AtThreshold& at : evaluation.at) {
    thresholds.push_back(
        {{"chosen_on", at.chosen_on}, {"uses_target_labels", at.uses_target_labels}, {"threshold", at.threshold}});
    const auto add = [&](const char* name, double Metrics::*metric, Interval MetricIntervals::*interval) {
      nlohmann::json entry = {{"value", (*at.metrics).*metric}};
      if (at.intervals) entry["interval_95"] = {((*at.intervals).*interval).low, ((*at.intervals).*interval).high};
      thresholds.back()[name] = entry;
    };
    if (!at.metrics) continue;
    add("auc", &Metrics::auc, &MetricIntervals::auc);
    add("accuracy", &Metrics::accuracy, &MetricIntervals::accuracy);
    add("sensitivity", &Metrics::sensitivity, &MetricIntervals::sensitivity);
    add("specificity", &Metrics::specificity, &MetricIntervals::specificity);
    add("f1", &Metrics::f1, &MetricIntervals::f1);
  }
  return {{"name", evaluation.name},
          {"net", evaluation.net},
          {"images", evaluation.images},
          {"positives", evaluation.positives},
          {"thresholds", thresholds}};
}

static std::string threshold_table(const std::vector<Evaluation>& evaluations) {
  std::string text = fmt::format("{:<12} threshold\n", "");
  for (const Evaluation& evaluation : evaluations)
    for (const AtThreshold& at : evaluation.at)
      text += fmt::format("{:<12} {:.3f}, {}\n", &at == &evaluation.at[0] ? evaluation.name : "", at.threshold,
                          at.chosen_on);
  return text
         + "nothing can be measured, as the test images of the target do not have labels of both kinds; `tuna predict` "
           "uses the threshold of the source's validation images\n";
}

std::string to_table(const std::vector<Evaluation>& evaluations) {
  if (!evaluations.empty() && !evaluations[0].at.at(0).metrics) return threshold_table(evaluations);
  std::string text = fmt::format("{:<12} {:>7} {:>17} {:>7} {:>7} {:>7} {:>6}  {}\n", "", "AUC", "95 % interval",
                                 "Acc.", "Sen.", "Spec.", "F1", "threshold");
  bool star = false;
  for (const Evaluation& evaluation : evaluations)
    for (size_t i = 0; i < evaluation.at.size(); ++i) {
      const AtThreshold& at = evaluation.at[i];
      const Metrics& metrics = at.metrics.value();
      const std::string interval =
          at.intervals && i == 0 ? fmt::format("{:.3f} to {:.3f}", at.intervals->auc.low, at.intervals->auc.high) : "";
      star |= at.uses_target_labels;
      text += fmt::format("{:<12} {:>7} {:>17} {:>7.3f} {:>7.3f} {:>7.3f} {:>6.3f}  {:.3f}, {}{}\n",
                          i == 0 ? evaluation.name : "", i == 0 ? fmt::format("{:.3f}", metrics.auc) : "", interval,
                          metrics.accuracy, metrics.sensitivity, metrics.specificity, metrics.f1, at.threshold,
                          at.chosen_on, at.uses_target_labels ? " *" : "");
    }
  if (!evaluations.empty())
    text += fmt::format("{} test images, {} of them positive\n", evaluations[0].images, evaluations[0].positives);
  if (star) text += "* uses labels of the target, as the paper does; the other line uses none\n";
  return text;
}

}  // namespace tuna
