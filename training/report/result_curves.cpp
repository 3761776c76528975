#include "training/report/result_curves.h"

#include <fmt/format.h>

#include "training/report/chart.h"
#include "training/report/html.h"

namespace tuna {
namespace {

constexpr double kSide = 340;

// Both axes from 0 to 1.
Chart square(const std::string& id) {
  Chart chart;
  chart.id = id;
  chart.x = chart.y = Axis{0, 1, 0.2, 0};
  chart.diagonal = true;
  chart.width = kSide;
  chart.height = kSide;
  return chart;
}

std::string named_auc(const EvaluationRow& row) {
  if (row.thresholds.empty() || !row.thresholds[0].auc) return row.name;
  return fmt::format("{}, AUC {}", row.name, decimals(row.thresholds[0].auc->value, 3));
}

std::string figure(const Chart& chart, const std::string& caption) {
  return fmt::format("<figure id=\"figure-{}\" class=\"curve\">\n{}{}<figcaption>{}</figcaption>\n</figure>\n",
                     chart.id, to_svg(chart), legend(chart), caption);
}

std::string names_of(const Chart& chart) {
  std::string names;
  for (const Series& series : chart.series) names += (names.empty() ? "" : "; ") + series.name;
  return names;
}

std::string roc_figure(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  Chart chart = square("roc");
  for (const EvaluationRow& row : rows)
    if (!row.roc.empty()) chart.series.push_back({named_auc(row), row.roc, {}});
  if (chart.series.empty()) return "";
  chart.title = "ROC curves";
  chart.description = names_of(chart);
  chart.x_label = "1 − specificity";
  chart.y_label = "sensitivity";
  return figure(chart, "Receiver operating characteristic on the " + in_words(images)
                           + ": the fraction of positive images that is recognised, over the fraction of negative "
                             "ones that is called positive, at every threshold. Dotted: chance.");
}

std::string calibration_figure(const std::vector<EvaluationRow>& rows) {
  Chart chart = square("calibration");
  chart.markers = true;
  for (const EvaluationRow& row : rows) {
    if (row.calibration.empty()) continue;
    Series series{row.name, {}, {}};
    for (const CalibrationPoint& point : row.calibration)
      series.points.push_back({point.mean_score, point.fraction_positive});
    chart.series.push_back(series);
  }
  if (chart.series.empty()) return "";
  chart.title = "Calibration curves";
  chart.description = names_of(chart);
  chart.x_label = "mean score";
  chart.y_label = "fraction positive";
  return figure(
      chart,
      "Calibration: test images with scores in the same fifteenth of the range, and the fraction of them that "
      "is positive. On the dotted line a score is a probability; below it scores are too high.");
}

}  // namespace

std::string result_curves(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  const std::string figures = roc_figure(rows, images) + calibration_figure(rows);
  return figures.empty() ? "" : "<div class=\"curves\">\n" + figures + "</div>\n";
}

}  // namespace tuna
