// What a classifier is worth on labelled images it has never seen: the columns of Table 1.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/metrics.h"
#include "training/predictor.h"
#include "training/spec.h"

namespace tuna {

/// Scores (probability of the positive class) with what is known of each image.
struct Scored {
  std::vector<double> scores;
  std::vector<bool> positive;
  std::vector<std::string> patients;
};

/// Of labelled samples.
Scored scored(const Predictions& predictions, const std::vector<Sample>& samples, const Spec& spec);

/// One row of the table.
struct Evaluation {
  std::string name, net;  // "TUNA-Net", "F_P"
  size_t images = 0, positives = 0;
  double auc = 0;
  Interval auc_interval;

  /// Chosen by Youden's index on validation images of the source, which takes no label of the target, or of the target,
  /// as the paper does.
  struct AtThreshold {
    std::string chosen_on;
    bool uses_target_labels = false;
    double threshold = 0;
    Rates rates;
  };
  std::vector<AtThreshold> at;
};

/// `source_validation` are scores of the same classifier on labelled images whose labels come from the source.
Evaluation evaluate(const std::string& name, const std::string& net, const Scored& test,
                    const Scored& source_validation, const std::optional<Scored>& target_validation, const Spec& spec);

nlohmann::json to_json(const Evaluation& evaluation);

/// For a person: one line per evaluation and threshold.
std::string to_table(const std::vector<Evaluation>& evaluations);

}  // namespace tuna
