#include "training/report/training_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "training/report/chart.h"
#include "training/report/html.h"

namespace tuna {
namespace {

constexpr size_t kMostPoints = 60;  // five pixels each: the line shows the trend, the area behind it the noise
constexpr size_t kLossStyle = 0, kMeasuredStyle = 2;
constexpr size_t kFewPoints = 30;  // are shown as dots

std::string short_name(const std::string& figure) {
  const std::string group = "loss.";
  return figure.starts_with(group) ? figure.substr(group.size()) : figure;
}

// "from 1.90 at step 5 to 1.13 at step 20".
std::string in_words(const std::vector<Point>& points) {
  if (points.empty()) return "no values";
  const auto at = [](const Point& point) {
    return std::isfinite(point.y) ? fmt::format("{:.4g} at step {:.0f}", point.y, point.x)
                                  : fmt::format("not finite at step {:.0f}", point.x);
  };
  return "from " + at(points.front()) + " to " + at(points.back());
}

Chart chart_of(const PhaseMetrics& phase, const std::string& figure) {
  Chart chart;
  chart.id = html_id(phase.phase + "-" + figure);
  chart.x_label = "step";
  chart.x = axis_of(0, double(phase.step), 5);
  return chart;
}

std::string cell(const std::string& html) { return "<div class=\"cell\">" + html + "</div>\n"; }

std::string figure_chart(const PhaseMetrics& phase, const std::string& figure, size_t style) {
  const std::vector<Point>& points = phase.figures.at(figure);
  Chart chart = chart_of(phase, figure);
  chart.title = fmt::format("{} in phase {}", figure, phase.phase);
  chart.description = in_words(points);
  chart.y_label = short_name(figure);
  chart.first_style = style;
  chart.markers = points.size() <= kFewPoints;
  chart.series = {condensed({figure, points, {}}, kMostPoints)};
  return cell(to_svg(chart));
}

std::string rates_chart(const PhaseMetrics& phase) {
  Chart chart = chart_of(phase, "rates");
  chart.title = fmt::format("learning rates in phase {}", phase.phase);
  chart.y_label = "learning rate";
  for (const auto& [name, points] : phase.figures) {
    if (kind_of(name) != FigureKind::rate) continue;
    chart.series.push_back(condensed({name, points, {}}, kMostPoints));
    chart.series.back().band.clear();
    chart.description += (chart.description.empty() ? "" : "; ") + name + " " + in_words(points);
  }
  if (chart.series.empty()) return "";
  double largest = 0;
  for (const Series& series : chart.series)
    for (const Point& point : series.points) largest = std::max(largest, point.y);
  chart.y = axis_from_tick_to_tick(0, largest, 4);
  return cell(to_svg(chart) + (chart.series.size() > 1 ? legend(chart) : ""));
}

std::string charts_of(const PhaseMetrics& phase, FigureKind kind, size_t style) {
  std::string charts;
  for (const auto& [name, points] : phase.figures)
    if (kind_of(name) == kind) charts += figure_chart(phase, name, style);
  return charts;
}

bool is_condensed(const PhaseMetrics& phase) {
  return std::any_of(phase.figures.begin(), phase.figures.end(),
                     [](const auto& figure) { return figure.second.size() > kMostPoints; });
}

bool has_figure(const PhaseMetrics& phase, std::string_view group) {
  return std::any_of(phase.figures.begin(), phase.figures.end(),
                     [&](const auto& figure) { return figure.first.starts_with(group); });
}

std::string measured_caption(const PhaseMetrics& phase) {
  std::string caption = " Green: figures of the step and of validation images";
  if (has_figure(phase, "skipped.")) caption += ", and how many steps were skipped as not finite";
  if (has_figure(phase, "gated.")) caption += ", and in how many steps an optimizer's gate was closed";
  return caption + ".";
}

}  // namespace

std::string training_curves(const PhaseMetrics& phase) {
  const std::string losses = charts_of(phase, FigureKind::loss, kLossStyle),
                    measured = charts_of(phase, FigureKind::measured, kMeasuredStyle), rates = rates_chart(phase);
  std::string caption = fmt::format("Phase <b>{}</b> over its steps.", escape_html(phase.phase));
  if (!losses.empty()) caption += " Blue: losses.";
  if (is_condensed(phase))
    caption += " Each point of a line is the mean over neighbouring steps, and the area behind it their range.";
  if (!measured.empty()) caption += measured_caption(phase);
  if (!rates.empty()) caption += " The last chart shows the learning rates.";
  return fmt::format(
      "<figure id=\"figure-training-{}\">\n<div class=\"multiples\">\n{}{}{}</div>\n<figcaption>{}</figcaption>\n"
      "</figure>\n",
      html_id(phase.phase), losses, measured, rates, caption);
}

}  // namespace tuna
