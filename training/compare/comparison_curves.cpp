#include "training/compare/comparison_curves.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/counted.h"
#include "training/report/html.h"
#include "training/report/score_charts.h"

namespace tuna {
namespace {

constexpr double kSide = 250;

std::string figure(const std::string& id, const std::string& charts, const std::string& caption) {
  if (charts.empty()) return "";
  return fmt::format(
      "<figure id=\"figure-{}\">\n<div class=\"multiples\">\n{}</div>\n<figcaption>{}</figcaption>\n"
      "</figure>\n",
      id, charts, caption);
}

std::string cell(const Chart& chart) { return "<div class=\"cell\">" + to_svg(chart) + "</div>\n"; }

// The sensitivity at a false positive rate, between the points of a curve; at a step its upper end.
double sensitivity_at(const std::vector<Point>& curve, double rate) {
  const auto above =
      std::upper_bound(curve.begin(), curve.end(), rate, [](double x, const Point& point) { return x < point.x; });
  if (above == curve.begin()) return curve.front().y;
  const Point& low = *(above - 1);
  if (above == curve.end()) return low.y;
  return low.y + (above->y - low.y) * (rate - low.x) / (above->x - low.x);
}

std::string roc_of(const MethodResults& method) {
  std::vector<std::vector<Point>> curves;
  for (const RunResult& result : method.runs)
    if (!result.row.roc.empty()) curves.push_back(result.row.roc);
  if (curves.empty()) return "";
  Chart chart = roc_chart("roc-" + html_id(method.spec), kSide);
  chart.series = {mean_roc(method.name, curves)};
  const std::optional<MeanAndDeviation> auc = method.auc();
  chart.title = "ROC curve of " + method.name;
  chart.description = auc ? fmt::format("AUC {}", decimals(auc->mean, 3)) : "";
  chart.y_label = auc ? fmt::format("{}, {}", method.name, decimals(auc->mean, 3)) : method.name;
  return cell(chart);
}

std::string calibration_of(const MethodResults& method) {
  Chart chart = calibration_chart("calibration-" + html_id(method.spec), kSide);
  chart.markers = method.runs.size() == 1;
  for (const RunResult& result : method.runs)
    if (!result.row.calibration.empty()) chart.series.push_back(calibration_series(result.run.part.name(), result.row));
  if (chart.series.empty()) return "";
  chart.title = "Calibration of " + method.name;
  chart.description = fmt::format("{}", counted(chart.series.size(), "run"));
  chart.y_label = method.name;
  return cell(chart);
}

}  // namespace

Series mean_roc(const std::string& name, const std::vector<std::vector<Point>>& curves, size_t points) {
  Series series{name, {}, {}};
  for (size_t i = 0; i < points; ++i) {
    const double rate = double(i) / double(points - 1);
    double sum = 0, low = 1, high = 0;
    for (const std::vector<Point>& curve : curves) {
      const double sensitivity = sensitivity_at(curve, rate);
      sum += sensitivity;
      low = std::min(low, sensitivity);
      high = std::max(high, sensitivity);
    }
    series.points.push_back({rate, sum / double(curves.size())});
    if (curves.size() > 1) series.band.push_back({rate, low, high});
  }
  return series;
}

std::string compared_curves(const ComparisonResults& results) {
  std::string rocs, calibrations;
  for (const MethodResults& method : results.methods) {
    rocs += roc_of(method);
    calibrations += calibration_of(method);
  }
  return figure("roc", rocs,
                "Receiver operating characteristic of each classifier, named with its AUC: sensitivity over the "
                "fraction of negative images that is called positive. Line: the mean over the runs at each such "
                "fraction; area: their range. Dotted: chance.")
         + figure("calibration", calibrations,
                  "Calibration of each classifier, a line per run: the fraction of images with about the same score "
                  "that is positive. "
                      + std::string(kPerfectCalibration));
}

}  // namespace tuna
