// Evaluation of a classifier on labelled test images: the columns of Table 1.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/evaluation/metrics.h"
#include "training/evaluation/predictor.h"
#include "training/spec/spec.h"

namespace tuna {

/// Probability of the positive class, label and patient of each sample; all samples must be labelled.
Predictions scores_of(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

/// A threshold and, if test images have labels, the metrics at it.
struct AtThreshold {
  std::string chosen_on;            // "source validation" or "target validation"
  bool uses_target_labels = false;  // the paper uses those of its validation images
  double threshold = 0;
  std::optional<Metrics> metrics;
  std::optional<MetricIntervals> intervals;
};

/// The role of a row of the table in an adaptation.
enum class EvaluatedAs : uint8_t { classifier, before_adaptation, adapted, upper_bound };

/// One row of the table.
struct Evaluation {
  std::string name, net;             // of the row, and of the classifier
  size_t images = 0, positives = 0;  // of the test images
  std::vector<AtThreshold> at;
  EvaluatedAs as = EvaluatedAs::classifier;
};

/// Thresholds are chosen by Youden's index on the validation scores, the first on the source's, a second, if given, on
/// the target's.  Without test images there are no metrics.  `between_rounds` of the bootstrap
/// may throw to end it.
Evaluation evaluate(const std::string& name, const std::string& net, const std::optional<Predictions>& test,
                    const Predictions& source_validation, const std::optional<Predictions>& target_validation,
                    const Spec& spec, const std::function<void()>& between_rounds = {});

nlohmann::json to_json(const Evaluation& evaluation);

/// Text for the terminal: a line per evaluation and threshold, of which all or none have metrics.
std::string to_table(const std::vector<Evaluation>& evaluations);

}  // namespace tuna
