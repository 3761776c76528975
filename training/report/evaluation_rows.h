// The rows of an evaluation.json, as tables and charts of a page need them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "training/report/series.h"

namespace tuna {

struct Measured {
  double value;
  std::optional<std::pair<double, double>> interval_95;
};

struct ThresholdRow {
  std::string chosen_on;
  bool uses_target_labels = false;
  double threshold;
  std::optional<Measured> auc, accuracy, sensitivity, specificity, f1;
  std::optional<Measured> average_precision, brier, calibration_error;  // as auc, they do not depend on the threshold
};

/// Test images of a part of the classifier's row: those with this value in this column of the manifest.
struct GroupRow {
  std::string column, value;
  int64_t images = 0, positives = 0;
  std::optional<Measured> auc;
};

struct CalibrationPoint {
  double mean_score, fraction_positive;
  int64_t images;
};

/// A test image that the classifier gets wrong.
struct MistakeRow {
  std::string path, label, predicted;
  double score;
};

struct EvaluationRow {
  std::string name, network, role;
  int64_t images = 0, positives = 0;
  std::vector<ThresholdRow> thresholds;
  std::vector<Point> roc;  // false positive rate, true positive rate
  std::vector<CalibrationPoint> calibration;
  std::vector<GroupRow> groups;
  std::vector<MistakeRow> false_negatives, false_positives;  // the worst first
};

/// What is known of an image without looking at it, such as the size of its file, as a classifier of the test images.
struct TrivialFeatureRow {
  std::string name;
  std::optional<double> validation_auc;
  Measured auc;
  std::optional<bool> larger;  // in the positive class; none for a text
};

struct TrivialFeatures {
  std::vector<TrivialFeatureRow> rows;  // the best on validation images first
  std::string skipped;                  // the reason if none was measured
};

/// Keys that are missing, as in files of earlier versions, leave their members empty.  Throws Error, beginning with
/// `file`, if a key has another type than `tuna train` writes.
std::vector<EvaluationRow> evaluation_rows(const nlohmann::json& evaluation, const std::string& file);

/// The same for the trivial features, of which files of earlier versions have the best one alone.
TrivialFeatures trivial_features_in(const nlohmann::json& evaluation, const std::string& file);

}  // namespace tuna
