#include "training/report/evaluation_rows.h"

#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/base/reason.h"
#include "engine/base/strict_json.h"

namespace tuna {
namespace {

using nlohmann::json;

std::optional<std::pair<double, double>> interval_in(const json& of) {
  if (!of.contains("interval_95")) return std::nullopt;
  return std::pair(of.at("interval_95").at(0).get<double>(), of.at("interval_95").at(1).get<double>());
}

std::optional<Measured> measured(const json& of, const char* key) {
  if (!of.contains(key)) return std::nullopt;
  return Measured{of.at(key).at("value").get<double>(), interval_in(of.at(key))};
}

ThresholdRow threshold_row(const json& at) {
  ThresholdRow row;
  row.chosen_on = at.at("chosen_on").get<std::string>();
  row.uses_target_labels = at.at("uses_target_labels").get<bool>();
  row.threshold = at.at("threshold").get<double>();
  row.auc = measured(at, "auc");
  row.accuracy = measured(at, "accuracy");
  row.sensitivity = measured(at, "sensitivity");
  row.specificity = measured(at, "specificity");
  row.f1 = measured(at, "f1");
  row.average_precision = measured(at, "average_precision");
  row.brier = measured(at, "brier");
  row.calibration_error = measured(at, "expected_calibration_error");
  return row;
}

int64_t count(const json& of, const char* key) { return integer_in(of.at(key), 0, key); }

json list_in(const json& row, const char* key) { return row.contains(key) ? row.at(key) : json::array(); }

std::vector<MistakeRow> mistake_rows(const json& mistakes, const char* kind) {
  std::vector<MistakeRow> rows;
  for (const json& mistake : list_in(mistakes, kind))
    rows.push_back({mistake.at("path").get<std::string>(), mistake.at("label").get<std::string>(),
                    mistake.at("predicted").get<std::string>(), mistake.at("score").get<double>()});
  return rows;
}

EvaluationRow evaluation_row(const json& row) {
  EvaluationRow result;
  result.name = row.at("name").get<std::string>();
  result.network = row.at("net").get<std::string>();
  result.role = row.value("role", "");
  result.images = count(row, "images");
  result.positives = count(row, "positives");
  for (const json& at : row.at("thresholds")) result.thresholds.push_back(threshold_row(at));
  for (const json& point : list_in(row, "roc"))
    result.roc.push_back({point.at(0).get<double>(), point.at(1).get<double>()});
  for (const json& bin : list_in(row, "calibration"))
    result.calibration.push_back(
        {bin.at("mean_score").get<double>(), bin.at("fraction_positive").get<double>(), count(bin, "images")});
  for (const json& group : list_in(row, "groups"))
    result.groups.push_back({group.at("column").get<std::string>(), group.at("value").get<std::string>(),
                             count(group, "images"), count(group, "positives"), measured(group, "auc")});
  if (row.contains("mistakes")) {
    result.false_negatives = mistake_rows(row.at("mistakes"), "false_negatives");
    result.false_positives = mistake_rows(row.at("mistakes"), "false_positives");
  }
  return result;
}

TrivialFeatureRow trivial_feature_row(const json& feature) {
  TrivialFeatureRow row{feature.at("name").get<std::string>(), std::nullopt,
                        Measured{feature.at("auc").get<double>(), interval_in(feature)}, std::nullopt};
  if (feature.contains("validation_auc")) row.validation_auc = feature.at("validation_auc").get<double>();
  if (feature.contains("larger")) row.larger = feature.at("larger").get<bool>();
  return row;
}

// Calls read(), and names the file in its errors.
template <class Read>
auto read_evaluation(const std::string& file, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    fail("{}: {}", file, error.what());
  } catch (const json::type_error&) {  // which names neither key nor value
    fail("{}: a value is of another type than `tuna train` writes; tuna train --resume evaluates the run again", file);
  } catch (const json::exception& error) {
    fail("{}: {}; expected an evaluation.json of `tuna train`", file, reason_of(error));
  }
}

}  // namespace

std::vector<EvaluationRow> evaluation_rows(const json& evaluation, const std::string& file) {
  return read_evaluation(file, [&] {
    std::vector<EvaluationRow> rows;
    for (const json& row : list_in(evaluation, "rows")) rows.push_back(evaluation_row(row));
    return rows;
  });
}

TrivialFeatures trivial_features_in(const json& evaluation, const std::string& file) {
  return read_evaluation(file, [&] {
    TrivialFeatures features;
    for (const json& feature : list_in(evaluation, "trivial_features"))
      features.rows.push_back(trivial_feature_row(feature));
    if (!features.rows.empty() || !evaluation.contains("best_trivial_feature")) return features;
    const json& best = evaluation.at("best_trivial_feature");
    if (best.contains("skipped"))
      features.skipped = best.at("skipped").get<std::string>();
    else
      features.rows = {trivial_feature_row(best)};
    return features;
  });
}

}  // namespace tuna
