// Evaluation of a classifier on labelled test images: the columns of Table 1.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/evaluation/groups.h"
#include "training/evaluation/label_shift.h"
#include "training/evaluation/metrics.h"
#include "training/evaluation/mistakes.h"
#include "training/evaluation/predictor.h"
#include "training/spec/spec.h"

namespace tuna {

/// Probability of the positive class of each of `images` images.
std::vector<double> positive_scores(const Probabilities& probabilities, size_t images, const Spec& spec);

/// The same with label and patient; all samples must be labelled.
Predictions scores_of(const Probabilities& probabilities, const std::vector<Sample>& samples, const Spec& spec);

/// A threshold and, if test images have labels, the metrics at it.
struct AtThreshold {
  std::string chosen_on;            // "source validation", "target validation" or "target prior"
  bool uses_target_labels = false;  // the paper uses those of its validation images
  double threshold = 0;
  std::optional<Metrics> metrics;
  std::optional<MetricIntervals> intervals;
};

/// The role of a row of the table in an adaptation.
enum class EvaluatedAs : uint8_t { classifier, before_adaptation, adapted, upper_bound };

/// The scores that a classifier is measured by.
struct EvaluatedScores {
  std::optional<Predictions> test;  // none if the test images do not have labels of both kinds
  Predictions source_validation;
  std::optional<Predictions> target_validation;  // labelled images, if they are of both kinds
  std::vector<double> unlabelled_validation;     // all of the target's; empty: no prior is estimated
};

/// One row of the table.
struct Evaluation {
  std::string name, net;            // of the row, and of the classifier
  std::optional<Predictions> test;  // what the metrics are of
  std::vector<AtThreshold> at;
  std::optional<PriorEstimate> target_prior = {};  // none if it was not to be estimated
  std::vector<Group> groups = {};                  // of the test images
  EvaluatedAs as = EvaluatedAs::classifier;
  std::optional<Mistakes> mistakes = {};  // of the main classifier of a run

  size_t images() const;  // that were measured
  size_t positives() const;
};

/// Thresholds are chosen by Youden's index on the validation scores, the first on the source's, a second, if given, on
/// the target's; a third so that the fraction of the target's validation images that is classified as positive is the
/// target's prior, if that can be estimated.  Without test images there are no metrics.  `between_rounds` of the
/// bootstrap may throw to end it.
Evaluation evaluate(const std::string& name, const std::string& net, EvaluatedScores scores, const Spec& spec,
                    const std::function<void()>& between_rounds = {});

nlohmann::json to_json(const Evaluation& evaluation);

/// Text for the terminal: a line per evaluation and threshold, of which all or none have metrics.  `of`: the file that
/// lists the images; empty: they are the run's test images.
std::string to_table(const std::vector<Evaluation>& evaluations, const std::string& of = "");

}  // namespace tuna
