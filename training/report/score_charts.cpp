#include "training/report/score_charts.h"

namespace tuna {
namespace {

Chart unit_square(const std::string& id, double side) {
  Chart chart;
  chart.id = id;
  chart.x = chart.y = Axis{0, 1, 0.2, 0};
  chart.diagonal = true;
  chart.width = chart.height = side;
  return chart;
}

}  // namespace

Chart roc_chart(const std::string& id, double side) {
  Chart chart = unit_square(id, side);
  chart.x_label = "1 − specificity";
  chart.y_label = "sensitivity";
  return chart;
}

Chart calibration_chart(const std::string& id, double side) {
  Chart chart = unit_square(id, side);
  chart.x_label = "mean score";
  chart.y_label = "fraction positive";
  return chart;
}

Series calibration_series(const std::string& name, const EvaluationRow& row) {
  Series series{name, {}, {}};
  for (const CalibrationPoint& point : row.calibration)
    series.points.push_back({point.mean_score, point.fraction_positive});
  return series;
}

}  // namespace tuna
