// The charts of scores over the unit square, of a run and of a comparison: ROC and calibration.
#pragma once

#include <string>

#include "training/report/chart.h"
#include "training/report/evaluation_rows.h"

namespace tuna {

/// Without series: `side` is in pixels; the diagonal is chance.
Chart roc_chart(const std::string& id, double side);

/// Without series: on the diagonal a score is a probability.
Chart calibration_chart(const std::string& id, double side);

Series calibration_series(const std::string& name, const EvaluationRow& row);

/// What the diagonal of a calibration chart says, for captions.
constexpr const char* kPerfectCalibration =
    "On the dotted line a score is a probability; below it scores are too high.";

}  // namespace tuna
