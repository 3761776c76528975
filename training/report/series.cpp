#include "training/report/series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tuna {

Series condensed(const Series& series, size_t most) {
  const size_t count = series.points.size();
  if (count <= most) return series;
  Series result{series.name, {}, {}};
  for (size_t i = 0; i < most; ++i) {
    const size_t begin = i * count / most, end = (i + 1) * count / most;
    double sum = 0, low = std::numeric_limits<double>::infinity(), high = -low;
    size_t finite = 0;
    for (size_t each = begin; each < end; ++each) {
      const double y = series.points[each].y;
      if (!std::isfinite(y)) continue;
      ++finite;
      sum += y;
      low = std::min(low, y);
      high = std::max(high, y);
    }
    const double x = (series.points[begin].x + series.points[end - 1].x) / 2;
    result.points.push_back({x, finite > 0 ? sum / double(finite) : std::numeric_limits<double>::quiet_NaN()});
    if (finite > 0) result.band.push_back({x, low, high});
  }
  return result;
}

}  // namespace tuna
