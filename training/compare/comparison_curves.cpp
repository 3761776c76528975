#include "training/compare/comparison_curves.h"

#include <fmt/format.h>

#include <algorithm>

#include "training/report/chart.h"
#include "training/report/html.h"

namespace tuna {
namespace {

constexpr double kSide = 250;

Chart square(const std::string& id, const MethodResults& method) {
  Chart chart;
  chart.id = id + "-" + html_id(method.spec);
  chart.x = chart.y = Axis{0, 1, 0.2, 0};
  chart.diagonal = true;
  chart.width = chart.height = kSide;
  return chart;
}

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

std::string roc_chart(const MethodResults& method) {
  std::vector<std::vector<Point>> curves;
  for (const RunResult& result : method.runs)
    if (!result.row.roc.empty()) curves.push_back(result.row.roc);
  if (curves.empty()) return "";
  Chart chart = square("roc", method);
  chart.series = {mean_roc(method.name, curves)};
  const std::optional<MeanAndDeviation> auc = method.auc();
  chart.title = "ROC curve of " + method.name;
  chart.description = auc ? fmt::format("AUC {}", decimals(auc->mean, 3)) : "";
  chart.x_label = "1 − specificity";
  chart.y_label = auc ? fmt::format("{}, {}", method.name, decimals(auc->mean, 3)) : method.name;
  return cell(chart);
}

std::string calibration_chart(const MethodResults& method) {
  Chart chart = square("calibration", method);
  chart.markers = method.runs.size() == 1;
  for (const RunResult& result : method.runs) {
    Series series{result.run.part.name(), {}, {}};
    for (const CalibrationPoint& point : result.row.calibration)
      series.points.push_back({point.mean_score, point.fraction_positive});
    if (!series.points.empty()) chart.series.push_back(series);
  }
  if (chart.series.empty()) return "";
  chart.title = "Calibration of " + method.name;
  chart.description = fmt::format("{} runs", chart.series.size());
  chart.x_label = "mean score";
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
    rocs += roc_chart(method);
    calibrations += calibration_chart(method);
  }
  return figure("roc", rocs,
                "Receiver operating characteristic of each classifier, named with its AUC: sensitivity over the "
                "fraction of negative images that is called positive. Line: the mean over the runs at each such "
                "fraction; area: their range. Dotted: chance.")
         + figure("calibration", calibrations,
                  "Calibration of each classifier, a line per run: the fraction of images with about the same score "
                  "that is positive. On the dotted line a score is a probability; below it scores are too high.");
}

}  // namespace tuna
