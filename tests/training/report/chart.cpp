#include "training/report/chart.h"

#include <cmath>
#include <limits>

#include "tests/catch.h"
#include "tests/training/report/well_formed.h"
#include "training/report/html.h"

namespace tuna {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> labels;
  for (const double tick : axis.ticks()) labels.push_back(axis.tick_label(tick));
  return labels;
}

Chart chart_of(std::vector<Point> points) {
  Chart chart;
  chart.id = "loss";
  chart.series = {{"loss", std::move(points), {}}};
  return chart;
}

}  // namespace

TEST_CASE("axes have round ticks", "[report]") {
  using Labels = std::vector<std::string>;
  CHECK(labels(axis_from_tick_to_tick(0.1, 1.93, 4)) == Labels{"0.0", "0.5", "1.0", "1.5", "2.0"});
  CHECK(labels(axis_from_tick_to_tick(0.61, 0.74, 4)) == Labels{"0.60", "0.65", "0.70", "0.75"});
  CHECK(labels(axis_from_tick_to_tick(-3, 2, 4)) == Labels{"−4", "−2", "0", "2"});
  CHECK(labels(axis_of(0, 900, 4)) == Labels{"0", "500"});
  CHECK(labels(axis_of(0, 20000, 4)) == Labels{"0", "5\u202F000", "10\u202F000", "15\u202F000", "20\u202F000"});

  const Axis rate = axis_from_tick_to_tick(0, 0.0002, 4);
  CHECK(labels(rate) == Labels{"0.0", "0.5", "1.0", "1.5", "2.0"});
  CHECK(times_power_of_ten(rate.exponent) == "×10⁻⁴");
  CHECK(labels(axis_of(0, 2e6, 4)) == Labels{"0.0", "0.5", "1.0", "1.5", "2.0"});
  CHECK(axis_of(0, 2e6, 4).exponent == 6);
}

TEST_CASE("axes of constants have a range", "[report]") {
  for (const double value : {0., 1., -2., 1e-12, 3e8}) {
    const Axis axis = axis_from_tick_to_tick(value, value, 4);
    INFO(value << ": " << axis.low << " to " << axis.high);
    CHECK(axis.low < axis.high);
    CHECK((axis.position(value) >= 0 && axis.position(value) <= 1));
    CHECK((axis.ticks().size() >= 2 && axis.ticks().size() <= 12));
  }
  // Values that a damaged file may hold.
  constexpr double kMost = std::numeric_limits<double>::max(), kLeast = std::numeric_limits<double>::denorm_min();
  for (const auto& [low, high] : {std::pair(-kMost, kMost), {-kLeast, kLeast}, {0., kLeast}, {0., kMost}, {0., -1.}})
    for (const Axis& axis : {axis_of(low, high, 4), axis_from_tick_to_tick(low, high, 4)}) {
      INFO(low << " to " << high << ": " << axis.low << " to " << axis.high);
      CHECK((axis.ticks().size() >= 1 && axis.ticks().size() <= 12));
    }
  const Axis nearly = axis_from_tick_to_tick(0.69, std::nextafter(0.69, 1), 4);
  CHECK(labels(nearly) == std::vector<std::string>{"0.0", "0.5", "1.0", "1.5"});
}

TEST_CASE("a line is interrupted where a value is not finite", "[report]") {
  const std::string whole = to_svg(chart_of({{1, 1}, {2, 2}, {3, 1}, {4, 2}}));
  CHECK(count_of(whole, "<polyline") == 1);
  const std::string parts = to_svg(chart_of({{1, 1}, {2, 2}, {3, kNaN}, {4, 2}, {5, 1}, {6, INFINITY}, {7, 3}}));
  CHECK(count_of(parts, "<polyline") == 2);
  CHECK(count_of(parts, "<circle") == 1);  // the one that stands alone
  for (const std::string& svg : {whole, parts, to_svg(chart_of({})), to_svg(chart_of({{1, kNaN}}))}) {
    CHECK(svg.find("nan") == svg.npos);
    CHECK(svg.find("inf") == svg.npos);
    CHECK(malformed("<!DOCTYPE html>" + svg).empty());
  }
}

TEST_CASE("points lie where their axes say", "[report]") {
  Chart chart = chart_of({{0, 0}, {1, 1}});
  chart.x = chart.y = Axis{0, 1, 0.5, 0};
  chart.width = 152;
  chart.height = 158;  // a plot of 100 x 100 between the margins
  CHECK_THAT(to_svg(chart), Contains("points=\"40.0,124.0 140.0,24.0\""));
}

TEST_CASE("long tick labels have room on the left and on the right", "[report]") {
  const std::string narrow = to_svg(chart_of({{0, 0.22381}, {20000, 0.22449}}));
  const auto at = [&](const std::string& kind, const std::string& label) {
    const size_t end = narrow.find("\">" + label + "<");
    const size_t begin = narrow.rfind("<text class=\"" + kind + "\" x=\"", end) + kind.size() + 18;
    REQUIRE(end != narrow.npos);
    return std::stod(narrow.substr(begin));
  };
  CHECK(at("tick y", "0.2240") >= 6 * 6.);                       // ends there; 6 pixels for a character
  CHECK(at("tick x", "20\u202F000") <= Chart().width - 6 * 3.);  // is centred there
}

TEST_CASE("names in charts are text", "[report]") {
  Chart chart = chart_of({{1, 1}, {2, 2}});
  chart.title = chart.description = chart.x_label = chart.y_label = chart.series[0].name = "<b>&\"'";
  for (const std::string& html : {to_svg(chart), legend(chart)}) {
    CHECK(html.find("<b>") == html.npos);
    CHECK(malformed("<!DOCTYPE html>" + html).empty());
  }
}

TEST_CASE("long series are condensed to means and ranges", "[report]") {
  Series series{"loss", {}, {}};
  for (int i = 0; i < 10; ++i) series.points.push_back({double(i), i == 3 ? kNaN : double(i)});
  CHECK(condensed(series, 10).points.size() == 10);
  CHECK(condensed(series, 10).band.empty());
  const Series five = condensed(series, 5);
  REQUIRE(five.points.size() == 5);
  CHECK(five.points[0].x == 0.5);
  CHECK(five.points[0].y == 0.5);
  CHECK(five.points[1].y == 2);  // 2 and not a number
  CHECK(five.band[4].low == 8);
  CHECK(five.band[4].high == 9);
  for (Point& point : series.points) point.y = kNaN;
  CHECK(std::isnan(condensed(series, 5).points[0].y));
  CHECK(condensed(series, 5).band.empty());
}

}  // namespace tuna
