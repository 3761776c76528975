#include "training/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "training/report/html.h"

namespace tuna {
namespace {

constexpr double kLeft = 40, kRight = 12, kTop = 24, kBottom = 34;  // least margins around the plot
constexpr double kTickGap = 6;                                      // from a tick's label to the plot
constexpr double kCharacter = 6.5;                                  // width of a digit or sign at 11 px, at most
constexpr size_t kStyles = 6;                                       // classes s0 to s5 (style.cpp)

Axis axis_for(const Chart& chart, double Point::*coordinate) {
  double low = 0, high = 0;
  bool any = false;
  const auto add = [&](double value) {
    if (!std::isfinite(value)) return;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  };
  for (const Series& series : chart.series) {
    for (const Point& point : series.points) add(point.*coordinate);
    if (coordinate == &Point::y)
      for (const Spread& spread : series.band) {
        add(spread.low);
        add(spread.high);
      }
  }
  if (!any) high = 1;
  return coordinate == &Point::x ? axis_of(std::min(0., low), high, 4) : axis_from_tick_to_tick(low, high, 4);
}

double width_of(const std::string& text) {
  const auto begins_character = [](unsigned char byte) { return (byte & 0xC0) != 0x80; };
  return kCharacter * double(std::count_if(text.begin(), text.end(), begins_character));
}

double widest_tick_label(const Axis& axis) {
  double widest = 0;
  for (const double tick : axis.ticks()) widest = std::max(widest, width_of(axis.tick_label(tick)));
  return widest;
}

std::string style_of(const Chart& chart, size_t series) {
  return fmt::format("s{}", (chart.first_style + series) % kStyles);
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        x_(chart.x.value_or(axis_for(chart, &Point::x))),
        y_(chart.y.value_or(axis_for(chart, &Point::y))),
        left_(std::max(kLeft, kTickGap + widest_tick_label(y_))),
        right_(chart.width - std::max(kRight, widest_tick_label(x_) / 2)) {}

  std::string text() const {
    std::string svg = fmt::format(
        "<svg class=\"chart\" id=\"{0}\" viewBox=\"0 0 {1} {2}\" role=\"img\" aria-labelledby=\"{0}-title {0}-desc\">"
        "<title id=\"{0}-title\">{3}</title><desc id=\"{0}-desc\">{4}</desc>\n",
        escape_html(chart_.id), chart_.width, chart_.height, escape_html(chart_.title),
        escape_html(chart_.description));
    svg += axes();
    if (chart_.diagonal)
      svg += fmt::format("<line class=\"diagonal\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", left_,
                         bottom(), right_, kTop);
    for (size_t i = 0; i < chart_.series.size(); ++i) svg += band(chart_.series[i], i);
    for (size_t i = 0; i < chart_.series.size(); ++i) svg += line(chart_.series[i], i);
    return svg + "</svg>\n";
  }

 private:
  double bottom() const { return chart_.height - kBottom; }
  double across(double x) const { return left_ + x_.position(x) * (right_ - left_); }
  double up(double y) const { return bottom() - y_.position(y) * (bottom() - kTop); }

  static std::string label(const char* kind, double x, double y, const std::string& text) {
    return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", kind, x, y, escape_html(text));
  }

  static std::string with_unit(const std::string& label, const Axis& axis) {
    return axis.exponent == 0 ? label : label + " (" + times_power_of_ten(axis.exponent) + ")";
  }

  std::string axes() const {
    std::string svg;
    for (const double tick : y_.ticks())
      svg += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", left_,
                         up(tick), right_, up(tick))
             + label("tick y", left_ - kTickGap, up(tick) + 3.5, y_.tick_label(tick));
    svg += fmt::format("<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", left_,
                       bottom(), right_, bottom());
    for (const double tick : x_.ticks())
      svg += fmt::format("<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", across(tick),
                         bottom(), across(tick), bottom() + 4)
             + label("tick x", across(tick), bottom() + 15, x_.tick_label(tick));
    svg += label("label x", right_, chart_.height - 5, with_unit(chart_.x_label, x_));
    svg += label("label y", 0, 12, with_unit(chart_.y_label, y_));
    return svg + "\n";
  }

  std::string style(size_t series) const { return style_of(chart_, series); }

  std::string band(const Series& series, size_t number) const {
    if (series.band.empty()) return "";
    std::string path;
    for (const Spread& spread : series.band) path += fmt::format("{:.1f},{:.1f} ", across(spread.x), up(spread.high));
    for (size_t i = series.band.size(); i-- > 0;)
      path += fmt::format("{:.1f},{:.1f} ", across(series.band[i].x), up(series.band[i].low));
    path.pop_back();
    return fmt::format("<polygon class=\"band {}\" points=\"{}\"/>\n", style(number), path);
  }

  // A line for each run of finite points, and a dot for one that stands alone.
  std::string line(const Series& series, size_t number) const {
    std::string svg, path;
    size_t points = 0;
    const auto end = [&] {
      if (points == 1 && !chart_.markers) svg += dot(number, path);
      if (points > 1) svg += fmt::format("<polyline class=\"line {}\" points=\"{}\"/>\n", style(number), path);
      path.clear();
      points = 0;
    };
    for (const Point& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
        end();
        continue;
      }
      const std::string at = fmt::format("{:.1f},{:.1f}", across(point.x), up(point.y));
      path += (points == 0 ? "" : " ") + at;
      ++points;
      if (chart_.markers) svg += dot(number, at);
    }
    end();
    return svg;
  }

  std::string dot(size_t number, const std::string& at) const {
    const size_t comma = at.find(',');
    return fmt::format("<circle class=\"dot {}\" cx=\"{}\" cy=\"{}\" r=\"2.5\"/>\n", style(number), at.substr(0, comma),
                       at.substr(comma + 1));
  }

  const Chart& chart_;
  Axis x_, y_;
  double left_, right_;  // of the plot
};

}  // namespace

std::string to_svg(const Chart& chart) { return Drawing(chart).text(); }

std::string legend(const Chart& chart) {
  std::string html = "<ul class=\"legend\">";
  for (size_t i = 0; i < chart.series.size(); ++i)
    html += fmt::format(
        "<li><svg class=\"key\" viewBox=\"0 0 28 8\" aria-hidden=\"true\"><line class=\"line {}\" x1=\"1\" y1=\"4\" "
        "x2=\"27\" y2=\"4\"/></svg><span>{}</span></li>",
        style_of(chart, i), escape_html(chart.series[i].name));
  return html + "</ul>\n";
}

}  // namespace tuna
