#include "training/report/result_curves.h"

#include <fmt/format.h>

#include "training/report/html.h"
#include "training/report/score_charts.h"

namespace tuna {
namespace {

constexpr double kSide = 340;

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
  Chart chart = roc_chart("roc", kSide);
  for (const EvaluationRow& row : rows)
    if (!row.roc.empty()) chart.series.push_back({named_auc(row), row.roc, {}});
  if (chart.series.empty()) return "";
  chart.title = "ROC curves";
  chart.description = names_of(chart);
  return figure(chart, "Receiver operating characteristic on the " + in_words(images)
                           + ": the fraction of positive images that is recognised, over the fraction of negative "
                             "ones that is called positive, at every threshold. Dotted: chance.");
}

std::string calibration_figure(const std::vector<EvaluationRow>& rows) {
  Chart chart = calibration_chart("calibration", kSide);
  chart.markers = true;
  for (const EvaluationRow& row : rows)
    if (!row.calibration.empty()) chart.series.push_back(calibration_series(row.name, row));
  if (chart.series.empty()) return "";
  chart.title = "Calibration curves";
  chart.description = names_of(chart);
  return figure(
      chart,
      "Calibration: test images with scores in the same fifteenth of the range, and the fraction of them that "
      "is positive. "
          + std::string(kPerfectCalibration));
}

}  // namespace

std::string result_curves(const std::vector<EvaluationRow>& rows, const TestImages& images) {
  const std::string figures = roc_figure(rows, images) + calibration_figure(rows);
  return figures.empty() ? "" : "<div class=\"curves\">\n" + figures + "</div>\n";
}

}  // namespace tuna
