// The data of a chart: figures over another one, such as losses over steps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tuna {

struct Point {
  double x, y;
};

/// The range of several figures that are drawn as one point.
struct Spread {
  double x, low, high;
};

struct Series {
  std::string name;           // in the legend
  std::vector<Point> points;  // in order of x; a y that is not finite interrupts the line
  std::vector<Spread> band;   // drawn behind the line
};

/// At most `most` points, each the mean of as many neighbours as needed, with their range as the band.  A mean leaves
/// out values that are not finite.
Series condensed(const Series& series, size_t most);

}  // namespace tuna
