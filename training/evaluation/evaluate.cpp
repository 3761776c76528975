#include "training/evaluation/evaluate.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/utf8.h"
#include "training/evaluation/curves.h"

namespace tuna {

constexpr const char* kTargetPrior = "target prior";

std::vector<double> positive_scores(const Probabilities& probabilities, size_t images, const Spec& spec) {
  const auto positive = std::find(spec.classes.begin(), spec.classes.end(), spec.positive) - spec.classes.begin();
  std::vector<double> scores;
  for (size_t i = 0; i < images; ++i) scores.push_back(probabilities.of(i, positive));
  return scores;
}

Predictions scores_of(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec) {
  Predictions predictions{positive_scores(probabilities, samples.size(), spec), {}, {}};
  for (const Sample& sample : samples) {
    check(!sample.label.empty(), "{}: has no label, so it cannot be evaluated", sample.path.string());
    predictions.positive.push_back(sample.label == spec.positive);
    predictions.patients.push_back(sample.patient);
  }
  return predictions;
}

Evaluation evaluate(const std::string& name, const std::string& net, EvaluatedScores scores, const Spec& spec,
                    const std::function<void()>& between_rounds) {
  Evaluation evaluation{name, net, std::move(scores.test), {}};
  const auto add = [&](const char* chosen_on, bool uses_target_labels, double threshold) {
    AtThreshold at{chosen_on, uses_target_labels, threshold, {}, {}};
    const std::optional<Predictions>& test = evaluation.test;
    if (test) at.metrics = measure(*test, threshold);
    if (test && spec.evaluate.bootstrap > 0)
      at.intervals = bootstrap(*test, threshold, spec.evaluate.bootstrap, uint64_t(spec.seed), between_rounds);
    evaluation.at.push_back(at);
  };
  add("source validation", false, youden_threshold(scores.source_validation));
  if (scores.target_validation) add("target validation", true, youden_threshold(*scores.target_validation));
  if (scores.unlabelled_validation.empty()) return evaluation;
  const double threshold = evaluation.at[0].threshold;
  evaluation.target_prior = estimate_prior(scores.source_validation, scores.unlabelled_validation, threshold);
  if (const auto& prior = evaluation.target_prior->prior)
    add(kTargetPrior, false, threshold_for_fraction(scores.unlabelled_validation, *prior));
  return evaluation;
}

size_t Evaluation::images() const { return test ? test->scores.size() : 0; }

size_t Evaluation::positives() const {
  return test ? size_t(std::count(test->positive.begin(), test->positive.end(), true)) : 0;
}

static const char* name_of(EvaluatedAs role) {
  switch (role) {
    case EvaluatedAs::classifier:
      return "classifier";
    case EvaluatedAs::before_adaptation:
      return "before_adaptation";
    case EvaluatedAs::adapted:
      return "adapted";
    case EvaluatedAs::upper_bound:
      return "upper_bound";
  }
  fail("evaluation: unknown role {}", int(role));
}

static nlohmann::json to_json(const AtThreshold& at) {
  nlohmann::json json = {
      {"chosen_on", at.chosen_on}, {"uses_target_labels", at.uses_target_labels}, {"threshold", at.threshold}};
  if (!at.metrics) return json;
  for (const NamedMetric& metric : kMetrics) {
    json[metric.name]["value"] = (*at.metrics).*metric.value;
    if (!at.intervals) continue;
    const Interval& interval = (*at.intervals).*metric.interval;
    json[metric.name]["interval_95"] = {interval.low, interval.high};
  }
  return json;
}

static nlohmann::json to_json(const PriorEstimate& prior) {
  if (prior.prior) return {{"estimate", *prior.prior}};
  return {{"unavailable", prior.unavailable}};
}

static void add_curves(nlohmann::json& row, const Predictions& test) {
  for (const RocPoint& point : roc_curve(test))
    row["roc"].push_back({point.false_positive_rate, point.true_positive_rate});
  for (const CalibrationBin& bin : calibration_bins(test))
    row["calibration"].push_back({{"from", bin.from},
                                  {"to", bin.to},
                                  {"images", bin.images},
                                  {"mean_score", bin.mean_score()},
                                  {"fraction_positive", bin.fraction_positive()}});
}

static nlohmann::json to_json(const Group& group) {
  nlohmann::json json = {
      {"column", group.column}, {"value", group.value}, {"images", group.images}, {"positives", group.positives}};
  if (group.auc) json["auc"]["value"] = *group.auc;
  if (group.interval) json["auc"]["interval_95"] = {group.interval->low, group.interval->high};
  return json;
}

nlohmann::json to_json(const Evaluation& evaluation) {
  nlohmann::json row = {{"name", evaluation.name},
                        {"net", evaluation.net},
                        {"role", name_of(evaluation.as)},
                        {"images", evaluation.images()},
                        {"positives", evaluation.positives()},
                        {"thresholds", nlohmann::json::array()}};
  for (const AtThreshold& at : evaluation.at) row["thresholds"].push_back(to_json(at));
  if (evaluation.target_prior) row["target_prior"] = to_json(*evaluation.target_prior);
  if (evaluation.test) add_curves(row, *evaluation.test);
  for (const Group& group : evaluation.groups) row["groups"].push_back(to_json(group));
  return row;
}

// "0.412, target prior 0.71 *"
static std::string threshold_text(const Evaluation& evaluation, const AtThreshold& at) {
  std::string text = fmt::format("{:.3f}, {}", at.threshold, at.chosen_on);
  if (at.chosen_on == kTargetPrior) text += fmt::format(" {:.2f}", evaluation.target_prior->prior.value());
  return text + (at.uses_target_labels ? " *" : "");
}

// Of the column of names.
static size_t name_width(const std::vector<Evaluation>& evaluations) {
  size_t width = 12;
  for (const Evaluation& evaluation : evaluations) width = std::max(width, evaluation.name.size());
  return width;
}

// Why a row has no threshold by the target's prior.
static std::string without_prior(const std::vector<Evaluation>& evaluations) {
  std::string text;
  for (const Evaluation& evaluation : evaluations)
    if (evaluation.target_prior && !evaluation.target_prior->prior)
      text += fmt::format("{}: the target's prior cannot be estimated: {}\n", evaluation.name,
                          evaluation.target_prior->unavailable);
  return text;
}

static std::string threshold_table(const std::vector<Evaluation>& evaluations) {
  const size_t width = name_width(evaluations);
  std::string text = fmt::format("{:<{}} threshold\n", "", width);
  for (const Evaluation& evaluation : evaluations)
    for (const AtThreshold& at : evaluation.at)
      text += fmt::format("{:<{}} {}\n", &at == &evaluation.at[0] ? evaluation.name : "", width,
                          threshold_text(evaluation, at));
  return text + without_prior(evaluations)
         + "nothing can be measured, as the test images of the target do not have labels of both kinds; `tuna predict` "
           "uses the threshold of the source's validation images\n";
}

// The metrics that are the same at every threshold.
static std::string without_threshold(const AtThreshold& at) {
  const Metrics& metrics = at.metrics.value();
  const std::string interval =
      at.intervals ? fmt::format("{:.3f} to {:.3f}", at.intervals->auc.low, at.intervals->auc.high) : "";
  return fmt::format("{:>6.3f} {:>15} {:>6.3f} {:>6.3f} {:>6.3f}", metrics.auc, interval, metrics.average_precision,
                     metrics.brier, metrics.expected_calibration_error);
}

// The AUC of every row in each group of test images.
static std::string group_table(const std::vector<Evaluation>& evaluations) {
  if (evaluations.empty() || evaluations[0].groups.empty()) return "";
  std::string text = fmt::format("{:<28} {:>7} {:>9}", "AUC by group of images", "images", "positives");
  const size_t width = name_width(evaluations);
  for (const Evaluation& evaluation : evaluations) text += fmt::format(" {:>{}}", evaluation.name, width);
  text += "\n";
  for (size_t i = 0; i < evaluations[0].groups.size(); ++i) {
    const Group& group = evaluations[0].groups[i];
    const std::string name = fmt::format("{} {}", group.column, group.value.empty() ? "not given" : group.value);
    text += fmt::format("{:<28} {:>7} {:>9}", name, group.images, group.positives);
    for (const Evaluation& evaluation : evaluations) {
      const std::optional<double>& auc = evaluation.groups.at(i).auc;
      text += fmt::format(" {:>{}}", auc ? fmt::format("{:.3f}", *auc) : "one class", width);
    }
    text += "\n";
  }
  return text;
}

std::string to_table(const std::vector<Evaluation>& evaluations, const std::string& of) {
  if (!evaluations.empty() && !evaluations[0].at.at(0).metrics) return threshold_table(evaluations);
  const size_t width = name_width(evaluations);
  std::string text =
      fmt::format("{:<{}} {:>6} {:>15} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  {}\n", "", width, "AUC",
                  "95 % interval", "AP", "Brier", "ECE", "Acc.", "Sen.", "Spec.", "F1", "threshold");
  bool star = false;
  for (const Evaluation& evaluation : evaluations)
    for (const AtThreshold& at : evaluation.at) {
      const bool first = &at == &evaluation.at[0];
      const Metrics& metrics = at.metrics.value();
      star |= at.uses_target_labels;
      text += fmt::format("{:<{}} {:>43} {:>6.3f} {:>6.3f} {:>6.3f} {:>6.3f}  {}\n", first ? evaluation.name : "",
                          width, first ? without_threshold(at) : "", metrics.accuracy, metrics.sensitivity,
                          metrics.specificity, metrics.f1, threshold_text(evaluation, at));
    }
  if (!evaluations.empty())
    text += fmt::format("{}{}, {} of them positive\n",
                        counted(evaluations[0].images(), of.empty() ? "test image" : "image"),
                        of.empty() ? "" : " of " + one_line(of), evaluations[0].positives());
  if (star) text += "* uses labels of the target, as the paper does; the other lines use none\n";
  return text + without_prior(evaluations) + group_table(evaluations);
}

}  // namespace tuna
