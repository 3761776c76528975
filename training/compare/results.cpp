#include "training/compare/results.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "data/file.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/reason.h"
#include "engine/base/strict_json.h"
#include "training/compare/run_comparison.h"
#include "training/evaluation/metrics.h"
#include "training/evaluation/test_scores.h"
#include "training/methods/method.h"
#include "training/run/evaluate_run.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr uintmax_t kLargestEvaluation = 64 << 20, kLargestSplits = 1 << 30;

EvaluationRow row_named(const std::string& name, const nlohmann::json& evaluation, const std::string& file) {
  for (const EvaluationRow& row : evaluation_rows(evaluation, file))
    if (row.name == name) return row;
  fail("{}: has no row \"{}\"", file, name);
}

bool has_auc(const EvaluationRow& row) { return !row.thresholds.empty() && row.thresholds[0].auc; }

// A file that lost rows is found in the run that it belongs to, not in those that it is compared with.
void check_measured(const Predictions& scores, const EvaluationRow& row, const std::string& predictions,
                    const std::string& evaluation) {
  const auto images = int64_t(scores.scores.size());
  check(images == row.images, "{}: has {}, but {} says {}", predictions, counted(images, "image"), evaluation,
        row.images);
  constexpr double kRounding = 1e-9;
  const double measured = auc(scores);
  check(std::abs(measured - row.thresholds[0].auc->value) < kRounding, "{}: the AUC of {} is {}, but {} says {}",
        predictions, row.name, measured, evaluation, row.thresholds[0].auc->value);
}

// The test images in a run's splits.csv, without scores.
TestScores tested_in(const ComparedRun& run) {
  const fs::path splits = run.folder / "splits.csv";
  const RunData data(run.spec, splits);
  const std::string images = test_scores_text(RunData::labelled(data.target("test")), data_root(run.spec.data), {});
  return parse_test_scores(images, splits.string());
}

/// The images of the runs of each part, which must be the same.
class ImagesOfParts {
 public:
  explicit ImagesOfParts(const Comparison& comparison) {
    for (const ComparedRun& run : comparison.runs()) try {
        if (fs::exists(run.folder / "evaluation.json")) runs_[run.part.name()][text_of(run)].push_back(run);
      } catch (const std::exception&) {  // check_same() reports it
      }
  }

  /// Throws Error unless the run has the images that most runs of its part have.
  void check_same(const ComparedRun& run) const {
    const std::string text = text_of(run);
    const auto part = runs_.find(run.part.name());
    if (part == runs_.end()) return;  // another process has finished the run meanwhile
    const auto& by_text = part->second;
    const auto most = std::max_element(by_text.begin(), by_text.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.size(), a.first.size()) < std::pair(b.second.size(), b.first.size());
    });
    check(most->first == text, "{} and {}: these runs have different images, and cannot be compared",
          file_of(run).string(), file_of(most->second[0]).string());
  }

 private:
  static fs::path file_of(const ComparedRun& run) { return run.folder / "splits.csv"; }
  static std::string text_of(const ComparedRun& run) { return read_file(file_of(run), kLargestSplits); }

  std::map<std::string, std::map<std::string, std::vector<ComparedRun>>> runs_;  // [part][text of splits.csv]
};

/// Reads runs, and holds their files against each other and their images to those of the others of the same part.
class ResultReader {
 public:
  explicit ResultReader(const Comparison& comparison) : images_(comparison) {}

  RunResult read(const ComparedRun& run, const std::string& row) {
    images_.check_same(run);
    const std::string file = (run.folder / "evaluation.json").string();
    try {
      const nlohmann::json evaluation = parse_json(read_file(file, kLargestEvaluation), file);
      RunResult result{run, row_named(row, evaluation, file), trivial_features_in(evaluation, file), {}};
      if (has_auc(result.row)) read_scores(result, row, file);
      return result;
    } catch (const Error& error) {
      fail("{}; to evaluate the run again: tuna train --resume --out {}", error.what(), run.folder.string());
    }
  }

 private:
  static void read_scores(RunResult& result, const std::string& row, const std::string& evaluation) {
    const TestScores scores = read_test_scores(result.run.folder / kPredictions);
    check_same_images(tested_in(result.run), scores);
    result.scores = scores.of(row, result.run.spec.positive);
    check_measured(result.scores, result.row, scores.file, evaluation);
  }

  ImagesOfParts images_;
};

Evaluated main_row(const Spec& spec) {
  return main_evaluation(method_of(spec).evaluations(spec), phases_without_images(spec));
}

MethodResults results_of(const Comparison& comparison, const Spec& spec, ResultReader& reader,
                         std::vector<std::string>& problems) {
  const Evaluated main = main_row(spec);
  MethodResults method{main.row, main.row, spec.name, main.as, {}, {}, {}};
  for (const ComparisonPart& part : comparison.parts()) {
    const ComparedRun run = comparison.run(spec, part);
    try {
      if (state_of(run) != RunState::finished) continue;
      method.runs.push_back(reader.read(run, main.row));
    } catch (const std::exception& error) {
      problems.push_back(fmt::format("{} is left out: {}", run.name(), reason_of(error)));
    }
  }
  return method;
}

void add_names_of_specs(std::vector<MethodResults>& methods) {
  for (MethodResults& method : methods)
    if (std::count_if(methods.begin(), methods.end(),
                      [&](const MethodResults& other) { return other.row == method.row; })
        > 1)
      method.name = fmt::format("{} ({})", method.row, method.spec);
}

// The spec with this role: of several the one whose classifier is that of the adaptations.
std::string reference(EvaluatedAs as, const std::vector<Spec>& specs) {
  const auto classifier = [](const Spec& spec) {
    const auto json = nlohmann::json::parse(to_json(spec));
    return json.contains("classifier") ? json["classifier"] : nlohmann::json();
  };
  const auto role = [](const Spec& spec) { return main_row(spec).as; };
  const auto adaptation =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return role(spec) == EvaluatedAs::adapted; });
  std::string first;
  for (const Spec& spec : specs) {
    if (role(spec) != as) continue;
    if (adaptation != specs.end() && classifier(spec) == classifier(*adaptation)) return spec.name;
    if (first.empty()) first = spec.name;
  }
  return first;
}

const MethodResults* results_of(const std::string& spec, const std::vector<MethodResults>& methods) {
  const auto found =
      std::find_if(methods.begin(), methods.end(), [&](const MethodResults& method) { return method.spec == spec; });
  return found == methods.end() ? nullptr : &*found;
}

const RunResult* result_in(const ComparisonPart& part, const MethodResults& method) {
  for (const RunResult& result : method.runs)
    if (result.run.part == part && !result.scores.scores.empty()) return &result;
  return nullptr;
}

// The scores of each method in the parts of the first one; none if another one lacks some of them, as figures of other
// runs would stand next to each other.
std::vector<ScoresOfRuns> in_parts_of_first(const std::vector<const MethodResults*>& methods) {
  std::vector<ScoresOfRuns> scores(methods.size());
  for (const RunResult& first : methods[0]->runs) {
    std::vector<const RunResult*> of_part;
    for (const MethodResults* method : methods) of_part.push_back(result_in(first.run.part, *method));
    if (std::count(of_part.begin(), of_part.end(), nullptr) > 0) return std::vector<ScoresOfRuns>(methods.size());
    for (size_t i = 0; i < methods.size(); ++i) scores[i].push_back(of_part[i]->scores);
  }
  return scores;
}

std::optional<Estimate> gain(const MethodResults& before, const MethodResults& method, const EvaluateSpec& options,
                             int64_t seed) {
  const std::vector<ScoresOfRuns> scores = in_parts_of_first({&method, &before});
  if (scores[0].empty() || options.bootstrap == 0) return std::nullopt;
  return difference_in_auc(scores[0], scores[1], options.bootstrap, uint64_t(seed));
}

std::optional<Estimate> share(const MethodResults& before, const MethodResults& method, const MethodResults& upper,
                              const EvaluateSpec& options, int64_t seed) {
  const std::vector<ScoresOfRuns> scores = in_parts_of_first({&method, &before, &upper});
  if (scores[0].empty() || options.bootstrap == 0) return std::nullopt;
  try {
    return share_of_gap_closed(scores[1], scores[0], scores[2], options.bootstrap, uint64_t(seed));
  } catch (const Error&) {  // without a gap, no share of it
    return std::nullopt;
  }
}

void compare(ComparisonResults& results) {
  const std::vector<Spec>& specs = results.comparison.specs;
  const MethodResults* before = results_of(reference(EvaluatedAs::before_adaptation, specs), results.methods);
  const MethodResults* upper = results_of(reference(EvaluatedAs::upper_bound, specs), results.methods);
  if (before) results.before = before->name;
  if (upper) results.upper_bound = upper->name;
  if (!before) return;
  const Spec& spec = specs[0];
  for (MethodResults& method : results.methods) {
    if (&method == before) continue;
    method.gain = gain(*before, method, spec.evaluate, spec.seed);
    if (upper && &method != upper) method.share_of_gap = share(*before, method, *upper, spec.evaluate, spec.seed);
  }
}

// The feature that is the best on most parts, with the mean over these.
std::optional<TrivialResult> best_trivial_feature(const std::vector<MethodResults>& methods) {
  std::map<std::string, std::map<std::string, double>> aucs;  // [feature][part]
  for (const MethodResults& method : methods)
    for (const RunResult& result : method.runs)
      if (const std::vector<TrivialFeatureRow>& rows = result.trivial_features.rows; !rows.empty())
        aucs[rows[0].name][result.run.part.name()] = rows[0].auc.value;
  std::set<std::string> parts;
  for (const auto& [feature, of_parts] : aucs)
    for (const auto& [part, auc] : of_parts) parts.insert(part);
  const auto most = std::max_element(aucs.begin(), aucs.end(),
                                     [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == aucs.end()) return std::nullopt;
  double sum = 0;
  for (const auto& [part, auc] : most->second) sum += auc;
  return TrivialResult{most->first, sum / double(most->second.size()), most->second.size(), parts.size()};
}

}  // namespace

std::optional<Measured> figure_of_scores(const EvaluationRow& row, ThresholdFigure figure) {
  return row.thresholds.empty() ? std::nullopt : row.thresholds[0].*figure;
}

std::optional<Measured> figure_at(const EvaluationRow& row, const std::string& chosen_on, ThresholdFigure figure) {
  for (const ThresholdRow& threshold : row.thresholds)
    if (threshold.chosen_on == chosen_on) return threshold.*figure;
  return std::nullopt;
}

std::optional<MeanAndDeviation> MethodResults::mean_of(
    const std::function<std::optional<Measured>(const EvaluationRow&)>& figure) const {
  std::vector<double> values;
  for (const RunResult& result : runs)
    if (const std::optional<Measured> measured = figure(result.row)) values.push_back(measured->value);
  if (values.empty() || values.size() < runs.size()) return std::nullopt;
  return mean_and_deviation(values);
}

std::optional<MeanAndDeviation> MethodResults::auc() const {
  return mean_of([](const EvaluationRow& row) { return figure_of_scores(row, &ThresholdRow::auc); });
}

std::vector<ChosenThreshold> MethodResults::thresholds() const {
  std::vector<ChosenThreshold> all;
  for (const RunResult& result : runs)
    for (const ThresholdRow& row : result.row.thresholds)
      if (std::none_of(all.begin(), all.end(),
                       [&](const ChosenThreshold& known) { return known.chosen_on == row.chosen_on; }))
        all.push_back({row.chosen_on, row.uses_target_labels});
  return all;
}

ComparisonResults read_results(const Comparison& comparison) {
  ComparisonResults results{comparison, {}, 0, comparison.runs().size(), "", "", {}, {}};
  ResultReader reader(comparison);
  for (const Spec& spec : comparison.specs) {
    MethodResults method = results_of(comparison, spec, reader, results.problems);
    results.finished += method.runs.size();
    if (!method.runs.empty()) results.methods.push_back(std::move(method));
  }
  add_names_of_specs(results.methods);
  compare(results);
  results.best_trivial_feature = best_trivial_feature(results.methods);
  return results;
}

}  // namespace tuna
