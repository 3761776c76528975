// The results of the finished runs of a comparison.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "training/compare/comparison.h"
#include "training/evaluation/comparison.h"
#include "training/evaluation/evaluate.h"
#include "training/report/evaluation_rows.h"

namespace tuna {

/// The main classifier of a finished run on the target's test images.
struct RunResult {
  ComparedRun run;
  EvaluationRow row;
  TrivialFeatures trivial_features;
  Predictions scores;  // of the positive class; empty if the test images have no labels of both kinds
};

using ThresholdFigure = std::optional<Measured> ThresholdRow::*;

/// A figure of the scores, which is the same at all thresholds; none if it was not measured.
std::optional<Measured> figure_of_scores(const EvaluationRow& row, ThresholdFigure figure);

/// A figure of the decisions at the threshold of this name; none if the row lacks it.
std::optional<Measured> figure_at(const EvaluationRow& row, const std::string& chosen_on, ThresholdFigure figure);

/// How a threshold was chosen, which names it.
struct ChosenThreshold {
  std::string chosen_on;
  bool uses_target_labels;
};

/// All finished runs of a spec.
struct MethodResults {
  std::string name;  // in tables: the row, with the spec's name if several specs have such a row
  std::string row;   // Evaluated::row, which names the paper's figures
  std::string spec;  // its name
  EvaluatedAs as;
  std::vector<RunResult> runs;

  /// Over the runs; none if one lacks the figure.
  std::optional<MeanAndDeviation> mean_of(
      const std::function<std::optional<Measured>(const EvaluationRow&)>& figure) const;
  std::optional<MeanAndDeviation> auc() const;

  /// Those of all runs: a run without a valid estimate of the target's prior lacks the one that depends on it.
  std::vector<ChosenThreshold> thresholds() const;

  // Compared with others on the same test images, over the parts that are finished for all of them.
  std::optional<Estimate> gain;          // AUC above that of the classifier without adaptation
  std::optional<Estimate> share_of_gap;  // (AUC - before) / (upper bound - before)
};

/// The easiest way to rank the test images without looking at the disease (training/audit), in the mean over the parts
/// in which it is the best.
struct TrivialResult {
  std::string name;
  double auc;
  size_t parts, of_parts;  // those in which it is the best, and all
};

struct ComparisonResults {
  Comparison comparison;
  std::vector<MethodResults> methods;  // in the order of the specs; those without a finished run are left out
  size_t finished = 0, all = 0;        // runs
  std::string before, upper_bound;     // names of what adaptations are compared with; empty without such a result
  std::vector<std::string> problems;   // runs that are left out, and the reasons
  std::optional<TrivialResult> best_trivial_feature;
};

/// Reads evaluation.json, predictions.csv and splits.csv of all finished runs.  Left out is one whose files are damaged
/// or contradict each other, or whose images are not those that most runs of its part have.
ComparisonResults read_results(const Comparison& comparison);

}  // namespace tuna
